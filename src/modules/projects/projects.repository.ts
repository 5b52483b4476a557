import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../infra/database/index.js';
import { UUID } from '../../kernel/index.js';

/** A reference to a project. */
export interface ProjectRef {
  readonly projectId: string;
  readonly name: string;
}

/** The stored settings that {@link ProjectPolicies} reads; null means the default. */
export interface StoredPolicy {
  readonly mask: readonly string[] | null;
  readonly defaultModel: string | null;
}

const POLICY = `SELECT settings -> 'mask' AS mask, settings ->> 'default_model' AS "defaultModel" FROM projects WHERE project_id = $1`;

const REF = `SELECT project_id AS "projectId", name FROM projects WHERE archived_at IS NULL`;

@Injectable()
export class ProjectsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Finds a project that is not archived, among all projects. */
  async findIdByName(name: string): Promise<string | null> {
    const [row] = await this.scope.system<{ id: string | null }>('SELECT ledger_find_project($1) AS id', [
      name,
    ]);
    return row?.id ?? null;
  }

  /** Finds a project that is not archived, among all projects. @param id its id or its name. No name looks like an id. */
  async find(id: string): Promise<ProjectRef | null> {
    const lowerCased = id.toLowerCase();
    const [by, value] = UUID.test(lowerCased) ? ['project_id', lowerCased] : ['name', id];
    const [project] = await this.scope.instance([], (tx) =>
      tx.query<ProjectRef[]>(`${REF} AND ${by} = $1`, [value]),
    );
    return project ?? null;
  }

  /** Also finds the policy of an archived project, because queued executions still run. */
  async findPolicy(projectId: string): Promise<StoredPolicy> {
    const statement = { name: 'find-policy', text: POLICY, values: [projectId] };
    const [policy] = await this.scope.statement<StoredPolicy & Record<string, unknown>>(projectId, statement);
    return policy ?? { mask: null, defaultModel: null };
  }

  /** Lists the projects that are not archived, by name. */
  async list(limit: number): Promise<ProjectRef[]> {
    return this.scope.instance([], (tx) => tx.query<ProjectRef[]>(`${REF} ORDER BY name LIMIT $1`, [limit]));
  }
}
