import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DatabaseClock } from '../../../infra/database/index.js';
import type { Actor } from '../../audit/index.js';
import type { ScorerVersion } from '../scorer-version.js';
import { type NewScore, type ScoreRecord, ScoresRepository } from './scores.repository.js';

/** A score of an execution by a version of a scorer, computed or given by a person. */
export interface ScoreToKeep {
  readonly executionId: string;
  readonly version: Pick<ScorerVersion, 'scorerId' | 'scorerVersionId'>;
  readonly score: Pick<
    NewScore,
    'source' | 'value' | 'label' | 'passed' | 'explanation' | 'judgeExecutionId'
  >;
}

/** Keeps scores. */
@Injectable()
export class ScoreLog {
  constructor(
    private readonly scores: ScoresRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Keeps scores in the caller's transaction. A computed score is kept once for each execution and version, and an existing one stays, so a
   * killed process may run again. Should be the last statement of its transaction, because it blocks other scores of the project until the
   * commit.
   * @param actor who asked for the scores.
   */
  async keep(tx: EntityManager, actor: Actor, scores: readonly ScoreToKeep[]): Promise<void> {
    const rows = scores.map((each) => this.toNewScore(actor, each));
    await this.scores.add(tx, actor.projectId, rows);
  }

  /** Like {@link keep}, for a score that already has its id. @returns false if another one was computed earlier. */
  async add(tx: EntityManager, projectId: string, score: NewScore): Promise<boolean> {
    return (await this.scores.add(tx, projectId, [score])).size > 0;
  }

  /** Keeps a computed score. @returns the score that was computed before; null when this one is kept. */
  async keepFirst(tx: EntityManager, projectId: string, score: NewScore): Promise<ScoreRecord | null> {
    if (await this.add(tx, projectId, score)) return null;
    return this.scores.findComputed(tx, projectId, score.executionId, score.scorerVersionId);
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
