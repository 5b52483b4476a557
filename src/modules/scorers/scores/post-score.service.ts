import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { RawAnswer } from '../../../infra/http/index.js';
import { type Actor, AuditService } from '../../audit/index.js';
import {
  ExecutionNotFoundError,
  ExecutionReadsRepository,
  IdempotencyService,
  KEY_TAKEN,
  type UsedKey,
} from '../../executions/index.js';
import { ScorerKindMismatchError } from '../errors.js';
import { ScorerCatalogue } from '../scorer-catalogue.js';
import { readPostedScore } from './read-posted-score.js';
import { refuseTextOfErased } from './refuse-text-of-erased.js';
import { ScoreLog } from './score-log.js';
import { scoreView } from './score-views.js';
import type { PostScoreDto } from './scores.dto.js';

/** Accepts scores from people and end users. */
@Injectable()
export class PostScoreService {
  constructor(
    private readonly scope: TenantScope,
    private readonly catalogue: ScorerCatalogue,
    private readonly executions: ExecutionReadsRepository,
    private readonly idempotency: IdempotencyService,
    private readonly log: ScoreLog,
    private readonly audit: AuditService,
  ) {}

  /**
   * Keeps a caller's score of an execution. Answers 200 with a `ScoreDto`.
   * @throws ExecutionNotFoundError `EXECUTION_NOT_FOUND` | ScorerNotFoundError `SCORER_NOT_FOUND`
   * @throws ScorerKindMismatchError `SCORER_KIND_MISMATCH` for a scorer that computes its scores.
   * @throws ContentErasedError `CONTENT_ERASED` for an explanation of an erased answer.
   * @throws ValidationError `VALIDATION_FAILED` for a label or value that the scorer does not have.
   * @throws what `IdempotencyService.once` throws.
   */
  async post(actor: Actor, request: PostScoreDto, key: UsedKey | null): Promise<RawAnswer> {
    return this.idempotency.once(actor.projectId, key, () => this.postOnce(actor, request, key));
  }

  private async postOnce(
    actor: Actor,
    request: PostScoreDto,
    key: UsedKey | null,
  ): Promise<RawAnswer | typeof KEY_TAKEN> {
    const { projectId } = actor;
    const executionId = request.execution_id.toLowerCase();
    const status = await this.executions.findStatus(projectId, executionId);
    if (status === null) throw new ExecutionNotFoundError(executionId);
    return this.scope.transaction(projectId, async (tx) => {
      if (request.explanation != null) await refuseTextOfErased(tx, projectId, executionId);
      const version = await this.catalogue.getVersion(tx, projectId, request.scorer, null);
      const { definition } = version;
      if (definition.kind !== 'human')
        throw ScorerKindMismatchError.ofPostedScore(version.name, definition.kind);
      const score = this.log.toNewScore(actor, {
        executionId,
        version,
        score: {
          source: 'api',
          ...readPostedScore(definition, request),
          explanation: request.explanation ?? null,
          judgeExecutionId: null,
        },
      });
      const answer = RawAnswer.json(200, JSON.stringify(scoreView(score, version)));
      const isFirst =
        key === null || (await this.idempotency.take(tx, projectId, key, score.scoreId, answer));
      if (!isFirst) return KEY_TAKEN;
      await this.audit.append(tx, actor, {
        action: 'score.post',
        subject: `score/${score.scoreId}`,
        // A comment on an answer is content, so it is kept out of the audit log.
        after: {
          execution_id: executionId,
          scorer: version.name,
          scorer_version: version.versionNumber,
          value: score.value,
          label: score.label,
        },
      });
      await this.log.add(tx, projectId, score);
      return answer;
    });
  }
}
