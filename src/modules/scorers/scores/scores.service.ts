import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { decodeCursor, toPage } from '../../../infra/http/index.js';
import { ScorersRepository } from '../scorers.repository.js';
import { recordView } from './score-views.js';
import type { ListScoresQueryDto, ScoreListDto } from './scores.dto.js';
import { ScoresRepository } from './scores.repository.js';

/** Reads scores of every kind. */
@Injectable()
export class ScoresService {
  constructor(
    private readonly scope: TenantScope,
    private readonly scorers: ScorersRepository,
    private readonly scores: ScoresRepository,
  ) {}

  /** Lists the latest first. */
  async list(projectId: string, query: ListScoresQueryDto): Promise<ScoreListDto> {
    const { scorer, execution_id: executionId, cursor, limit } = query;
    const found = await this.scope.transaction(projectId, async (tx) => {
      const scorerId =
        scorer === undefined ? undefined : await this.scorers.findLatestId(tx, projectId, scorer);
      if (scorerId === null) return [];
      return this.scores.list(tx, projectId, {
        executionId: executionId?.toLowerCase(),
        scorerId,
        beforeSequence: beforeSequence(cursor),
        limit: limit + 1,
      });
    });
    const { entries, nextCursor } = toPage(found, limit, ({ sequence }) => sequence);
    return { scores: entries.map(recordView), next_cursor: nextCursor };
  }
}

function beforeSequence(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  return decodeCursor(cursor, (number) =>
    typeof number === 'string' && /^[1-9]\d{0,17}$/.test(number) ? number : null,
  );
}
