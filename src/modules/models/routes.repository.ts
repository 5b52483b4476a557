import { Injectable } from '@nestjs/common';
import { type EntityManager, IsNull, MoreThan } from 'typeorm';
import { ModelRouteEntity } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';

type RouteFacts = Pick<ModelRouteEntity, 'strategy' | 'targets' | 'description'>;
export type StoredRoute = Pick<ModelRouteEntity, 'routeId' | 'name' | 'strategy' | 'targets'>;

@Injectable()
export class RoutesRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Waits until other transactions that depend on the existing routes have ended. */
  async takeTurn(tx: EntityManager, projectId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('model_routes ' || $1, 0))`, [projectId]);
  }

  async find(tx: EntityManager, projectId: string, name: string): Promise<ModelRouteEntity | null> {
    return tx.findOneBy(ModelRouteEntity, { projectId, name, deletedAt: IsNull() });
  }

  /** Reads the database in one round trip, never a cache. @returns null if there is no such route. */
  async findNow(projectId: string, name: string): Promise<StoredRoute | null> {
    const [row] = await this.scope.statement<StoredRoute>(projectId, {
      name: 'find-route',
      text: `SELECT route_id AS "routeId", name, strategy, targets FROM model_routes
        WHERE project_id = $1 AND name = $2 AND deleted_at IS NULL`,
      values: [projectId, name],
    });
    return row ?? null;
  }

  /** Lists by name. */
  async list(
    tx: EntityManager,
    projectId: string,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<ModelRouteEntity[]> {
    const rest = after === undefined ? {} : { name: MoreThan(after) };
    const where = { projectId, deletedAt: IsNull(), ...rest };
    return tx.find(ModelRouteEntity, { where, order: { name: 'ASC' }, take: limit });
  }

  /** Lists the names of the routes that use a model. */
  async listNames(
    tx: EntityManager,
    projectId: string,
    { provider, modelName }: { readonly provider: string; readonly modelName: string },
  ): Promise<string[]> {
    const rows = await tx.query<{ name: string }[]>(
      `SELECT name FROM model_routes WHERE project_id = $1 AND deleted_at IS NULL AND EXISTS (
         SELECT FROM json_array_elements(targets) AS target
         WHERE target ->> 'provider' = $2 AND target ->> 'model_name' = $3) ORDER BY name`,
      [projectId, provider, modelName],
    );
    return rows.map(({ name }) => name);
  }

  async insert(
    tx: EntityManager,
    facts: RouteFacts & Pick<ModelRouteEntity, 'projectId' | 'name' | 'createdBy'>,
  ): Promise<void> {
    await tx.insert(ModelRouteEntity, facts);
  }

  async update(tx: EntityManager, projectId: string, routeId: string, facts: RouteFacts): Promise<void> {
    await tx.update(ModelRouteEntity, { projectId, routeId }, { ...facts, updatedAt: () => 'now()' });
  }

  async delete(tx: EntityManager, projectId: string, routeId: string): Promise<void> {
    await tx.update(ModelRouteEntity, { projectId, routeId }, { deletedAt: () => 'now()' });
  }
}
