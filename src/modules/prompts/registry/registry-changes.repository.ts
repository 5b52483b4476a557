import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';

export interface ChangedPrompt {
  readonly name: string;
  /** The prompt's `registry_revision` after its latest change. */
  readonly revision: number;
}

@Injectable()
export class RegistryChangesRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Lists deleted prompts too, so a name can occur more than once. */
  async listSince(projectId: string, revision: number): Promise<ChangedPrompt[]> {
    return this.scope.statement<{ name: string; revision: number }>(projectId, {
      name: 'list-changed-prompts',
      // A revision is far below 2^53, where a double is exact.
      text: `SELECT name, registry_revision::float8 AS revision FROM prompts WHERE project_id = $1 AND registry_revision > $2`,
      values: [projectId, revision],
    });
  }
}
