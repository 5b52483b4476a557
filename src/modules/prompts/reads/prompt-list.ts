import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, toPage } from '../../../infra/http/index.js';
import type { PromptListDto } from '../prompts.dto.js';
import { PromptsRepository } from '../prompts.repository.js';
import type { ListPromptsQueryDto } from './list-prompts.dto.js';
import { promptListEntry } from './prompt-views.js';
import { RunningVersionsRepository } from './running-versions.repository.js';

/** The prompts of a project, by name, with what runs where. */
@Injectable()
export class PromptList {
  constructor(
    private readonly scope: TenantScope,
    private readonly prompts: PromptsRepository,
    private readonly running: RunningVersionsRepository,
  ) {}

  async list(projectId: string, query: ListPromptsQueryDto): Promise<PromptListDto> {
    return this.scope.transaction(projectId, async (tx) => {
      const found = await this.prompts.list(tx, projectId, {
        mode: query.mode,
        tag: query.tag,
        ownerTeam: query.owner_team,
        namePrefix: query.q,
        words: splitWords(query.search),
        repository: query.repository,
        folder: query.folder,
        isRetired: query.retired === undefined ? undefined : query.retired === 'true',
        afterName: afterName(query.cursor),
        limit: query.limit + 1,
      });
      const { entries, nextCursor } = toPage(found, query.limit, ({ name }) => name);
      const ids = entries.map(({ promptId }) => promptId);
      const numbers = await this.running.listByPrompt(tx, projectId, ids);
      return {
        prompts: entries.map((prompt) => promptListEntry(prompt, numbers.get(prompt.promptId))),
        next_cursor: nextCursor,
      };
    });
  }
}

function splitWords(search = ''): readonly string[] {
  return search.split(/\s+/).filter((word) => word !== '');
}

function afterName(cursor: string | undefined): string | undefined {
  return cursor === undefined
    ? undefined
    : decodeCursor(cursor, (name) => (typeof name === 'string' ? name : null));
}
