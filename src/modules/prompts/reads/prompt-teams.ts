import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { PromptNotFoundError } from '../errors.js';

const FIND_OWNER = `SELECT owner_team AS "ownerTeam" FROM prompts WHERE project_id = $1 AND name = $2 AND deleted_at IS NULL`;

/** Finds the team responsible for a prompt, for callers whose rights come from a team alone. They are few, so nothing is cached. */
@Injectable()
export class PromptTeams {
  constructor(private readonly scope: TenantScope) {}

  /** @returns null if no team is responsible. @throws PromptNotFoundError `PROMPT_NOT_FOUND` */
  async getOwner(projectId: string, name: string): Promise<string | null> {
    const statement = { name: 'find-prompt-owner', text: FIND_OWNER, values: [projectId, name] };
    const [row] = await this.scope.statement<{ readonly ownerTeam: string | null }>(projectId, statement);
    if (row === undefined) throw new PromptNotFoundError(name);
    return row.ownerTeam;
  }
}
