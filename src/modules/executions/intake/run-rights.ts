import { Injectable } from '@nestjs/common';
import { assertMayOver, type Caller } from '../../auth/index.js';
import { PromptTeams } from '../../prompts/index.js';
import type { RequestToAdmit } from '../admission/execution-request.js';

/** Decides who may run a prompt: a right in the project covers all prompts, and a right over a team covers the prompts of that team. */
@Injectable()
export class RunRights {
  constructor(private readonly teams: PromptTeams) {}

  /**
   * Does the work for a caller who may run what the request names. Looks up the team of the prompt only for a caller without
   * the right in the project, so that it costs the others nothing.
   * @param request names a prompt. Content of its own belongs to no team.
   * @throws ForbiddenError `FORBIDDEN` | PromptNotFoundError `PROMPT_NOT_FOUND`
   */
  whenMayRun<Answer>(
    caller: Caller,
    request: Pick<RequestToAdmit, 'prompt_name' | 'content' | 'bare'>,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    return caller.scopes.has('executions:run') ? work() : this.assertMayRun(caller, request).then(work);
  }

  private async assertMayRun(
    caller: Caller,
    { prompt_name: name, content, bare }: Pick<RequestToAdmit, 'prompt_name' | 'content' | 'bare'>,
  ): Promise<void> {
    const isPrompt = name !== undefined && (content ?? bare ?? null) === null;
    const ownerTeam = isPrompt ? await this.teams.getOwner(caller.projectId, name) : null;
    assertMayOver(caller, ownerTeam, 'executions:run');
  }
}
