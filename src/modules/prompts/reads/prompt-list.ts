import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, parseRfc3339, toPage } from '../../../infra/http/index.js';
import type { PromptListDto } from '../prompts.dto.js';
import { type PromptOrder, type PromptPosition, PromptsRepository } from '../prompts.repository.js';
import type { ListPromptsQueryDto } from './list-prompts.dto.js';
import { promptListEntry } from './prompt-views.js';
import { RunningVersionsRepository } from './running-versions.repository.js';

/** Lists the prompts of a project, with the versions that environments run. */
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
        order: query.sort,
        after: query.cursor === undefined ? undefined : decodeCursor(query.cursor, parsePosition[query.sort]),
        limit: query.limit + 1,
      });
      const { entries, nextCursor } = toPage(found, query.limit, ({ position: { name, updatedAt } }) =>
        updatedAt === undefined ? name : [updatedAt, name],
      );
      const ids = entries.map(({ prompt }) => prompt.promptId);
      const numbers = await this.running.listByPrompt(tx, projectId, ids);
      return {
        prompts: entries.map(({ prompt }) => promptListEntry(prompt, numbers.get(prompt.promptId))),
        next_cursor: nextCursor,
      };
    });
  }
}

function splitWords(search = ''): readonly string[] {
  return search.split(/\s+/).filter((word) => word !== '');
}

/** Parses a cursor by the order of the list. A cursor of another order is invalid. */
const parsePosition: Readonly<Record<PromptOrder, (position: unknown) => PromptPosition | null>> = {
  name: (name) => (typeof name === 'string' ? { name } : null),
  '-updated_at': (position) => {
    const [updatedAt, name] = Array.isArray(position) ? (position as unknown[]) : [];
    if (typeof updatedAt !== 'string' || typeof name !== 'string') return null;
    return parseRfc3339(updatedAt) === null ? null : { name, updatedAt };
  },
};
