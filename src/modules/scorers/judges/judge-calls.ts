import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LedgerError } from '../../../kernel/index.js';
import type { Caller } from '../../auth/index.js';
import {
  ExecutionReadsRepository,
  ExecutionWaits,
  SubmitService,
  type UsedKey,
} from '../../executions/index.js';
import type { JudgeDefinition } from '../scorer-definition.js';
import { type ScoringError, scoringError } from '../verdict.js';
import { JudgementInterruptedError } from '../errors.js';
import type { JudgeVariables } from './judge-variables.js';

/** A question to a judge. */
export interface JudgeRequest {
  readonly definition: JudgeDefinition;
  readonly variables: JudgeVariables;
  /** The same key yields the same judgement. Null: each request gets a new one. */
  readonly key: string | null;
  /** The experiment that the judgement is part of. Left out: none. */
  readonly batchId?: string | undefined;
  /** The execution that is judged. The judgement is erased with it. */
  readonly scoredExecutionId: string;
  /** Metadata for finding judgements. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A judge's answer as received. */
export interface Judgement {
  readonly kind: 'judgement';
  readonly executionId: string;
  readonly responseText: string;
  readonly finishReason: string | null;
}

/** @throws LedgerError when no judge was called. */
export type CallJudge = (request: JudgeRequest) => Promise<Judgement | ScoringError>;

/** Experiments and their judges run here, where the rules of environments do not apply. */
const ENVIRONMENT = 'experiment';
/** No route of the API has this name. */
const KEY_ROUTE = 'judgement';
const LOOK_AGAIN_MS = 30_000;
/** All attempts with their waits take less time. If a judgement takes longer, no worker is running. */
const MOST_LOOKS = 30;

/** Errors that a later retry cannot fix: the judge no longer exists as it was defined. */
const JUDGE_IS_GONE: readonly string[] = [
  'PROMPT_NOT_FOUND',
  'VERSION_NOT_FOUND',
  'TEMPLATE_HASH_MISMATCH',
  'MODEL_NOT_FOUND',
  'TEMPLATE_VARIABLES_MISSING',
  'TEMPLATE_INVALID',
  'RENDERED_PROMPT_TOO_LARGE',
  'VALIDATION_FAILED',
];

/** Runs judgements as ordinary executions: queued, with their lineage, cost and budgets. */
@Injectable()
export class JudgeCalls {
  constructor(
    private readonly submits: SubmitService,
    private readonly waits: ExecutionWaits,
    private readonly reads: ExecutionReadsRepository,
  ) {}

  /**
   * Asks a judge and waits for its answer. Bypasses the response cache, because a judge that is asked again must judge again.
   * @throws JudgementInterruptedError `JUDGEMENT_INTERRUPTED` when the process is shutting down, or no process works on the judgement.
   * @throws what `SubmitService.submit` throws for a reason that may pass.
   */
  async call(caller: Caller, request: JudgeRequest): Promise<Judgement | ScoringError> {
    let executionId: string;
    try {
      executionId = await this.submit(caller, request);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      if (error.code === 'CONTENT_ERASED') return contentErased(null);
      if (!JUDGE_IS_GONE.includes(error.code)) throw error;
      return scoringError('judge_failed', `The judge could not be asked: ${error.message}`);
    }
    return this.readWhenFinal(caller.projectId, executionId);
  }

  private async submit(
    caller: Caller,
    { definition, variables, key, batchId, scoredExecutionId, metadata }: JudgeRequest,
  ): Promise<string> {
    const { promptName, versionNumber, promptChecksum, model, params } = definition;
    const body = {
      prompt_name: promptName,
      version_number: versionNumber,
      template_hash: promptChecksum,
      // An experiment keeps the judges that it started with. Elsewhere a deleted prompt does not run.
      pinned: batchId === undefined ? null : { versionNumber, checksumHash: promptChecksum, versionId: null },
      environment: ENVIRONMENT,
      variables: variables.values,
      model,
      params,
      metadata,
      batch_id: batchId ?? null,
    };
    const used = key === null ? null : usedKey(key);
    const answer = await this.submits.submit(caller, body, variables.json, used, { scoredExecutionId });
    return (JSON.parse(answer.body.toString()) as { readonly execution_id: string }).execution_id;
  }

  private async readWhenFinal(projectId: string, executionId: string): Promise<Judgement | ScoringError> {
    for (let looks = 0; looks <= MOST_LOOKS && !this.waits.isLeaving; looks += 1) {
      const found = await this.reads.find(projectId, executionId);
      if (found === null) return scoringError('judge_failed', 'The judgement is gone.', executionId);
      const { status, responseText, finishReason, errorMessage, contentErasedAt = null } = found.record;
      if (contentErasedAt !== null) return contentErased(executionId);
      if (status === 'succeeded') {
        return { kind: 'judgement', executionId, responseText: responseText ?? '', finishReason };
      }
      if (status === 'failed' || status === 'canceled') {
        const why = errorMessage ?? `it was ${status}`;
        return scoringError('judge_failed', `The judge did not answer: ${why}`, executionId);
      }
      await this.waits.untilFinal(projectId, executionId, LOOK_AGAIN_MS);
    }
    throw new JudgementInterruptedError(executionId);
  }
}

/** The judgement was erased, alone or with the judged execution. A retry under the same key would find the same one. */
function contentErased(executionId: string | null): ScoringError {
  return scoringError(
    'no_answer',
    'The content of the execution, or of its judgement, was erased.',
    executionId,
  );
}

/** A request that reuses the key asks for the same thing, because the key names scorer and answer. */
function usedKey(key: string): UsedKey {
  const fingerprint = createHash('sha256').update(key).digest();
  return { route: KEY_ROUTE, key: fingerprint.toString('hex'), fingerprint };
}
