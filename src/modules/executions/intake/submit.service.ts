import { Injectable } from '@nestjs/common';
import { Bell } from '../../../infra/bell/index.js';
import { DatabaseClock } from '../../../infra/database/index.js';
import { RawAnswer } from '../../../infra/http/index.js';
import type { StoredArm } from '../../../entities/index.js';
import type { Caller } from '../../auth/index.js';
import { type CachedAnswer, ResponseCache } from '../cache/index.js';
import { ExecutionRenderer, toEntry } from '../admission/execution-renderer.js';
import type { AdmittedExecution, AdmittedRequest, RequestToAdmit } from '../admission/execution-request.js';
import { type ExecutionProtocol, OWN_PROTOCOL } from '../runs/execution-protocol.js';
import { Intake, type Written } from './intake.js';
import type { SubmitDto } from '../wire/execute.dto.js';
import { armView } from '../reads/execution-views.js';
import type { SubmittedDto } from '../wire/executions.dto.js';
import { ExecutionsRepository, warningHeaders } from '../record/index.js';
import { KEY_TAKEN, storedAnswer, type UsedKey } from '../idempotency/index.js';

/** The options that callers inside the service add to a request. */
export interface SubmitOptions {
  readonly protocol?: ExecutionProtocol;
  /** The execution that this one judges; left out: none. */
  readonly scoredExecutionId?: string;
}

interface Submission
  extends Required<Pick<SubmitOptions, 'protocol'>>, Pick<SubmitOptions, 'scoredExecutionId'> {
  readonly caller: Caller;
  readonly admitted: AdmittedExecution;
  readonly key: UsedKey | null;
}

/** Queues executions. */
@Injectable()
export class SubmitService {
  constructor(
    private readonly intake: Intake,
    private readonly renderer: ExecutionRenderer,
    private readonly executions: ExecutionsRepository,
    private readonly cache: ResponseCache,
    private readonly bell: Bell,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * Resolves when the execution is durable, with 202 and a {@link SubmittedDto}, or the protocol's version of it.
   * @throws what {@link Intake.answer} throws. @throws BudgetExceededError `BUDGET_EXCEEDED`
   * @throws ContentErasedError `CONTENT_ERASED` for a judgement of an execution whose content has been erased.
   */
  submit(
    caller: Caller,
    request: SubmitDto & Pick<RequestToAdmit, 'template_hash' | 'batch_id' | 'pinned'>,
    variablesJson: string | null,
    key: UsedKey | null,
    { protocol = OWN_PROTOCOL, ...judging }: SubmitOptions = {},
  ): Promise<RawAnswer> {
    const work = {
      request,
      prepare: (common: AdmittedRequest) => {
        protocol.admit(common);
        return this.renderer.render(common, toEntry(request, variablesJson));
      },
      write: (admitted: AdmittedExecution) => this.write({ caller, admitted, key, protocol, ...judging }),
    };
    return this.intake.answer(caller, { key, count: 1, place: 'queue' }, work);
  }

  private write(submission: Submission): Promise<Written> {
    const executionId = this.databaseClock.newId();
    const { caller, admitted } = submission;
    const { cacheTtlS: ttlS } = admitted;
    if (ttlS === null) return this.queue(submission, executionId);
    const wanted = { projectId: caller.projectId, executionId, admitted, ttlS };
    // A queued request does not wait for an equal one in progress. It makes its own call.
    return this.cache.answer(wanted, null, {
      reuse: (cached) => this.answerAgain(submission, executionId, cached),
      ask: () => this.queue(submission, executionId),
    });
  }

  private async queue(submission: Submission, executionId: string): Promise<Written> {
    const { beginning, answer } = this.toBeginning(submission, executionId);
    const begun = await this.executions.begin({ ...beginning, status: 'queued' });
    if (typeof begun === 'string') return begun === 'stale' ? 'stale' : KEY_TAKEN;
    // Not awaited: the work is committed, and the caller should not wait for a bell that is slow or down.
    void this.bell.ring([{ executionId, fence: 0 }]);
    return answer.with(warningHeaders(begun.warning));
  }

  /** Records the execution as final at once; the caller still gets 202 and reads the result later. */
  private async answerAgain(
    submission: Submission,
    executionId: string,
    cached: CachedAnswer,
  ): Promise<Written> {
    const { beginning, answer } = this.toBeginning(submission, executionId);
    const begun = await this.executions.begin({
      ...beginning,
      status: 'succeeded',
      model: cached,
      cachedFrom: cached.executionId,
    });
    if (typeof begun === 'string') return begun === 'stale' ? 'stale' : KEY_TAKEN;
    return answer;
  }

  private toBeginning({ caller, admitted, key, protocol, ...judging }: Submission, executionId: string) {
    const answer = submittedAnswer(executionId, admitted.arm, (submitted) =>
      protocol.present(submitted, admitted),
    );
    const beginning = {
      executionId,
      projectId: caller.projectId,
      requestedBy: caller.name,
      keyId: caller.keyId,
      mode: 'async' as const,
      createdAt: this.databaseClock.now(),
      admitted,
      key,
      ...judging,
      ...(key === null ? {} : { answer: storedAnswer(answer) }),
    };
    return { beginning, answer };
  }
}

function submittedAnswer(
  executionId: string,
  arm: StoredArm | null,
  present: (submitted: SubmittedDto) => object,
): RawAnswer {
  const body: SubmittedDto = { execution_id: executionId, status: 'queued', mode: 'async' };
  if (arm !== null) body.rollout = armView(arm);
  return RawAnswer.json(202, JSON.stringify(present(body)), { Location: `/v1/executions/${executionId}` });
}
