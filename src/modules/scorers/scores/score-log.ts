import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DatabaseClock } from '../../../infra/database/index.js';
import type { Actor } from '../../audit/index.js';
import type { ScorerVersion } from '../scorer-version.js';
import type { ComputedScore } from '../scoring/verdict.js';
import { type NewScore, ScoresRepository } from './scores.repository.js';

/** A score that a version of a scorer computed for an execution. */
export interface ScoreToKeep {
  readonly executionId: string;
  readonly version: Pick<ScorerVersion, 'scorerId' | 'scorerVersionId'>;
  readonly score: ComputedScore;
}

/** Keeps what was computed. */
@Injectable()
export class ScoreLog {
  constructor(
    private readonly scores: ScoresRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Keeps scores in the caller's transaction, once for each execution and version: one that is there already stays as it was, so a
   * process that was killed may run again. It should be the last statement of its transaction, because nobody else of the project
   * adds scores until the commit.
   * @param actor asked for them.
   */
  async keep(tx: EntityManager, actor: Actor, scores: readonly ScoreToKeep[]): Promise<void> {
    const rows = scores.map((each) => this.toNewScore(actor, each));
    await this.scores.add(tx, actor.projectId, rows);
  }

  toNewScore(actor: Actor, { executionId, version, score }: ScoreToKeep): NewScore {
    const { source, value, label, passed, explanation, judgeExecutionId } = score;
    return {
      scoreId: this.clock.newId(),
      executionId,
      scorerId: version.scorerId,
      scorerVersionId: version.scorerVersionId,
      source,
      value,
      label,
      passed,
      explanation,
      judgeExecutionId,
      createdBy: actor.name,
      userId: actor.userId,
      keyId: actor.keyId,
      createdAt: this.clock.now(),
    };
  }
}
