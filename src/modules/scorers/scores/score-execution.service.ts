import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import type { Caller } from '../../auth/index.js';
import {
  ExecutionNotFoundError,
  ExecutionReadsRepository,
  IdempotencyService,
  type UsedKey,
} from '../../executions/index.js';
import { ScorerKindMismatchError } from '../errors.js';
import { ScorerCatalogue } from '../scorer-catalogue.js';
import { ScoringService } from '../scoring/scoring.service.js';
import { toScorableAnswer } from '../scoring/to-scorable-answer.js';
import { ScoreLog } from './score-log.js';
import { errorView, recordView, scoreView } from './score-views.js';
import type { ScoredExecutionDto, ScoreDto, ScoreExecutionDto } from './scores.dto.js';
import type { NewScore } from './scores.repository.js';

/** Scores one execution on request. */
@Injectable()
export class ScoreExecutionService {
  constructor(
    private readonly scope: TenantScope,
    private readonly catalogue: ScorerCatalogue,
    private readonly scoring: ScoringService,
    private readonly log: ScoreLog,
    private readonly executions: ExecutionReadsRepository,
    private readonly idempotency: IdempotencyService,
  ) {}

  /**
   * Scores an execution with the newest version of a scorer.
   * @param expectedJson the text of `expected` as sent; null if nothing was expected.
   * @param key a judge is asked only once under the same key.
   * @throws ScorerNotFoundError `SCORER_NOT_FOUND` | ExecutionNotFoundError `EXECUTION_NOT_FOUND`
   * @throws ScorerKindMismatchError `SCORER_KIND_MISMATCH` for a scorer of kind `human`.
   * @throws what `IdempotencyService.reserve` and {@link ScoringService.scoreAnswer} throw.
   */
  async score(
    caller: Caller,
    name: string,
    request: ScoreExecutionDto,
    expectedJson: string | null,
    key: UsedKey | null,
  ): Promise<ScoredExecutionDto> {
    const { projectId } = caller;
    const executionId = request.execution_id.toLowerCase();
    const version = await this.scope.transaction(projectId, (tx) =>
      this.catalogue.getVersion(tx, projectId, name, null),
    );
    if (version.kind === 'human') throw ScorerKindMismatchError.ofScoring(name);
    const found = await this.executions.find(projectId, executionId);
    if (found === null) throw new ExecutionNotFoundError(executionId);
    await this.idempotency.reserve(projectId, key, executionId);
    const answer = toScorableAnswer(found.record, { expectedJson });
    if ('kind' in answer) return { score: null, error: errorView(answer) };
    const verdict = await this.scoring.scoreAnswer(caller, version, answer, {
      key: key === null ? null : toKeyName(key),
    });
    if (verdict.kind === 'error') return { score: null, error: errorView(verdict) };
    const score = this.log.toNewScore(caller, { executionId, version, score: verdict });
    const isKept = request.keep === true;
    const view = isKept ? await this.keep(projectId, score) : null;
    return { score: view ?? scoreView(score, version, isKept), error: null };
  }

  /** @returns the score that was kept earlier; null when this one is kept. */
  private async keep(projectId: string, score: NewScore): Promise<ScoreDto | null> {
    const former = await this.scope.transaction(projectId, (tx) => this.log.keepFirst(tx, projectId, score));
    return former === null ? null : recordView(former);
  }
}

/** The same key with another body is a different question. */
function toKeyName({ route, key, fingerprint }: UsedKey): string {
  return `${route} ${key} ${fingerprint.toString('hex')}`;
}
