import { Injectable } from '@nestjs/common';
import type { ModelRouteEntity } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, toPage, type PageQueryDto } from '../../../infra/http/index.js';
import { type Actor, AuditService } from '../../audit/index.js';
import { ModelsService } from '../models.service.js';
import { ModelRouteNotFoundError } from './errors.js';
import { type ModelRoute, readTargets } from './model-route.js';
import type { PutRouteDto, RouteDto, RouteListDto } from './routes.dto.js';
import { RoutesRepository } from '../routes.repository.js';

/** Manages named lists of models for executions to try. */
@Injectable()
export class RoutesService {
  constructor(
    private readonly scope: TenantScope,
    private readonly routes: RoutesRepository,
    private readonly models: ModelsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Finds a route for an execution. Reads the database each time, so that an acknowledged change applies to every later request, in every
   * process.
   * @throws ModelRouteNotFoundError `MODEL_ROUTE_NOT_FOUND`
   */
  async get(projectId: string, name: string): Promise<ModelRoute> {
    const route = await this.routes.findNow(projectId, name);
    if (route === null) throw new ModelRouteNotFoundError(name);
    const targets = route.targets.map(({ provider, model_name: modelName, weight }) => ({
      provider,
      modelName,
      weight,
    }));
    return { ...route, targets };
  }

  /** @throws ModelRouteNotFoundError `MODEL_ROUTE_NOT_FOUND` */
  async read(projectId: string, name: string): Promise<RouteDto> {
    const route = await this.scope.transaction(projectId, (tx) => this.routes.find(tx, projectId, name));
    if (route === null) throw new ModelRouteNotFoundError(name);
    return toDto(route);
  }

  async list(projectId: string, { limit, cursor }: PageQueryDto): Promise<RouteListDto> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, parsePosition);
    const found = await this.scope.transaction(projectId, (tx) =>
      this.routes.list(tx, projectId, { after, limit: limit + 1 }),
    );
    const { entries, nextCursor } = toPage(found, limit, ({ name }) => name);
    return { routes: entries.map(toDto), next_cursor: nextCursor };
  }

  /**
   * Creates or replaces a route.
   * @throws ValidationError `VALIDATION_FAILED` for a duplicate model, or for a weight without the strategy `weights`.
   * @throws ModelNotFoundError `MODEL_NOT_FOUND`
   */
  async put(actor: Actor, name: string, request: PutRouteDto): Promise<RouteDto> {
    const { projectId } = actor;
    const targets = readTargets(request.strategy, request.targets);
    const facts = {
      strategy: request.strategy,
      targets: targets.map(({ provider, modelName, weight }) => ({
        provider,
        model_name: modelName,
        weight,
      })),
      description: request.description ?? null,
    };
    return this.scope.transaction(projectId, async (tx) => {
      await this.routes.takeTurn(tx, projectId);
      // Takes the same lock as removing models from the list.
      for (const target of targets) await this.models.assertAllowed(tx, projectId, target);
      const before = await this.routes.find(tx, projectId, name);
      if (before === null) await this.routes.insert(tx, { projectId, name, createdBy: actor.name, ...facts });
      else await this.routes.update(tx, projectId, before.routeId, facts);
      const after = toDto((await this.routes.find(tx, projectId, name)) as ModelRouteEntity);
      await this.audit.append(tx, actor, {
        action: 'route.put',
        subject: toSubject(name),
        subjectId: after.route_id,
        before: before === null ? null : toDto(before),
        after,
      });
      return after;
    });
  }

  /** @throws ModelRouteNotFoundError `MODEL_ROUTE_NOT_FOUND` */
  async delete(actor: Actor, name: string): Promise<void> {
    const { projectId } = actor;
    await this.scope.transaction(projectId, async (tx) => {
      await this.routes.takeTurn(tx, projectId);
      const route = await this.routes.find(tx, projectId, name);
      if (route === null) throw new ModelRouteNotFoundError(name);
      await this.routes.delete(tx, projectId, route.routeId);
      const before = toDto(route);
      const subject = { subject: toSubject(name), subjectId: route.routeId };
      await this.audit.append(tx, actor, { action: 'route.delete', ...subject, before });
    });
  }
}

function toDto(route: ModelRouteEntity): RouteDto {
  return {
    route_id: route.routeId,
    name: route.name,
    description: route.description,
    strategy: route.strategy,
    targets: route.targets,
    created_by: route.createdBy,
    created_at: route.createdAt.toISOString(),
    updated_at: route.updatedAt.toISOString(),
  };
}

function parsePosition(position: unknown): string | null {
  return typeof position === 'string' ? position : null;
}

function toSubject(name: string): string {
  return `route/${name}`;
}
