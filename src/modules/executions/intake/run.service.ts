import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../../infra/database/index.js';
import { problemAnswer, RawAnswer } from '../../../infra/http/index.js';
import { Clock } from '../../../kernel/index.js';
import type { Caller } from '../../auth/index.js';
import { RateLimits } from '../../limits/index.js';
import { ProjectCircuits } from '../../secrets/index.js';
import type { AnswerSink } from './answer-sink.js';
import { type CachedAnswer, ResponseCache } from '../cache/index.js';
import type { Claim } from '../calls/claim.js';
import { providerProblem, ProviderCircuitOpenError } from '../errors.js';
import { ExecutionRenderer, toEntry } from '../admission/execution-renderer.js';
import { type ExecutionProtocol, OWN_PROTOCOL } from './execution-protocol.js';
import type { AdmittedExecution, AdmittedRequest, RequestToAdmit } from '../admission/execution-request.js';
import { toCachedResult, toExecutionResult, streamedView } from '../wire/execution-result.js';
import { armView } from '../reads/execution-views.js';
import { chooseTarget, type OpenPass, type Target } from '../admission/execution-targets.js';
import { Intake, type Written } from './intake.js';
import type { ExecuteDto } from '../wire/execute.dto.js';
import { KEY_TAKEN, storedAnswer, type UsedKey } from '../idempotency/index.js';
import { OwnershipLostError } from '../calls/ownership-lost-error.js';
import { type CallOutcome, countTokens } from '../calls/call-outcome.js';
import {
  type Beginning,
  type BegunExecution,
  ExecutionsRepository,
  warningHeaders,
} from '../record/index.js';
import { clampedParams, type LastCall, SyncCalls } from '../calls/sync-calls.js';
import { maskOutcome } from '../masking/index.js';

/** A `:run`, `:stream`, or what another API makes of its own requests. */
export type RunRequest = RequestToAdmit & Pick<ExecuteDto, 'variables' | 'correlation_id' | 'metadata'>;

export interface RunOptions {
  /** The path of the request, for `instance`. */
  readonly path: string;
  readonly key: UsedKey | null;
  /** The protocol of the answer; left out: an `ExecutionResultDto`. */
  readonly protocol?: ExecutionProtocol;
  /** Reads the answer as it comes. */
  readonly sink?: AnswerSink | null;
}

/** A request, its caller, and the way to answer it. */
interface Run {
  readonly caller: Caller;
  readonly path: string;
  readonly key: UsedKey | null;
  readonly protocol: ExecutionProtocol;
  readonly sink: AnswerSink | null;
  readonly admitted: AdmittedExecution;
  /** By the monotonic clock. */
  readonly deadlineAtMs: number;
}

/** With the execution that it became. */
interface BegunRun extends Run, Claim {
  readonly createdAt: Date;
}

/** A lease that is over by this much after the deadline belongs to a process that is gone. */
const LEASE_GRACE_MS = 15_000;

/** Runs and waits: two waits on the database, one before the call and one after. */
@Injectable()
export class RunService {
  constructor(
    private readonly intake: Intake,
    private readonly renderer: ExecutionRenderer,
    private readonly executions: ExecutionsRepository,
    private readonly limits: RateLimits,
    private readonly circuits: ProjectCircuits,
    private readonly calls: SyncCalls,
    private readonly cache: ResponseCache,
    private readonly databaseClock: DatabaseClock,
    private readonly clock: Clock,
  ) {}

  /**
   * The execution and its attempt are committed before the provider is called, and how it ended before the answer. A
   * failure of the provider is an answer too: `PROVIDER_REJECTED`, `PROVIDER_FAILED`, `PROVIDER_TIMEOUT` or
   * `PROVIDER_CIRCUIT_OPEN` with the id of the failed execution; and so is that the reader of a stream has left.
   * @throws what {@link Intake.answer} throws. @throws BudgetExceededError `BUDGET_EXCEEDED`
   */
  run(
    caller: Caller,
    request: RunRequest,
    variablesJson: string | null,
    { path, key, protocol = OWN_PROTOCOL, sink = null }: RunOptions,
  ): Promise<RawAnswer> {
    const startedAtMs = this.clock.monotonicMs();
    const work = {
      request,
      prepare: (common: AdmittedRequest) => {
        protocol.admit(common);
        return this.renderer.render(common, toEntry(request, variablesJson));
      },
      write: (admitted: AdmittedExecution) => {
        const deadlineAtMs = startedAtMs + admitted.timeoutMs;
        return this.runAdmitted({ caller, path, key, protocol, sink, admitted, deadlineAtMs });
      },
    };
    return this.intake.answer(caller, { key, count: 1, place: sink === null ? 'request' : 'stream' }, work);
  }

  private async runAdmitted(asked: Run): Promise<Written> {
    const run: BegunRun = {
      ...asked,
      projectId: asked.caller.projectId,
      executionId: this.databaseClock.newId(),
      fence: 1,
      mayHaveDuties: true,
      createdAt: this.databaseClock.now(),
    };
    const { cacheTtlS: ttlS } = run.admitted;
    if (ttlS === null) return this.runByCall(run);
    const request = { ...run, ttlS };
    const cached = await this.cache.findOrClaim(request, run.deadlineAtMs);
    if (cached !== null) return this.answerCached(run, cached);
    let answer: Written | undefined;
    try {
      answer = await this.runByCall(run);
      return answer;
    } finally {
      if (!(answer instanceof RawAnswer && answer.status === 200)) await this.cache.giveUp(request);
    }
  }

  /** Nobody is called: the answer is one that there was before. */
  private async answerCached(asked: BegunRun, cached: CachedAnswer): Promise<Written> {
    const run = { ...asked, createdAt: this.databaseClock.now() };
    const completedAt = this.databaseClock.now();
    const result = toCachedResult(run, cached, completedAt);
    const body = JSON.stringify(run.protocol.present(result, run.admitted));
    const answer = RawAnswer.json(200, body, run.protocol.headers?.(result));
    const begun = await this.executions.begin({
      ...toBeginning(run),
      status: 'succeeded',
      model: cached,
      cachedFrom: cached.executionId,
      completedAt,
      answer: storedAnswer(answer),
    });
    if (typeof begun === 'string') return begun === 'stale' ? 'stale' : KEY_TAKEN;
    return answer;
  }

  private async runByCall(run: BegunRun): Promise<Written> {
    const choice = chooseTarget(this.circuits, run.projectId, run.admitted.targets, 0);
    if (choice.index === null) return this.refuse(run, choice.retryAfterMs);
    let last: LastCall | undefined;
    let begun: BegunExecution;
    try {
      const written = await this.executions.begin({
        ...toBeginning(run),
        status: 'running' as const,
        model: choice.target,
        leaseMs: run.admitted.timeoutMs + LEASE_GRACE_MS,
      });
      if (typeof written === 'string') return written === 'stale' ? 'stale' : KEY_TAKEN;
      begun = written;
      last = await this.call({ ...run, mayHaveDuties: begun.mayHaveDuties }, choice, begun);
    } finally {
      // Also when nothing was called: a trial that nobody settles would keep the circuit open.
      if (last === undefined) choice.pass.settle('silent');
    }
    const answer = await this.finish(run, last);
    return answer === KEY_TAKEN ? answer : answer.with(warningHeaders(begun.warning));
  }

  private async call(
    run: BegunRun,
    choice: { readonly index: number; readonly target: Target; readonly pass: OpenPass },
    { clampedTokens, warning }: BegunExecution,
  ): Promise<LastCall> {
    const { sink } = run;
    if (sink !== null) {
      const view = streamedView(run, choice.target);
      const limits = await this.limits.headersFor(run.caller);
      const common = { ...limits, ...warningHeaders(warning) };
      sink.begin(view, (model) => ({ ...run.protocol.headers?.({ ...view, model }), ...common }));
    }
    const params = clampedParams(run.admitted.params, clampedTokens);
    const last = await this.calls.make({ ...run, clampedTokens }, { ...choice, params });
    this.limits.charge(run.caller, countTokens(last.outcome));
    return last;
  }

  private async finish(
    run: BegunRun,
    { attempt, outcome, target, mayHaveDuties }: LastCall,
  ): Promise<RawAnswer | typeof KEY_TAKEN> {
    const completedAt = this.databaseClock.now();
    const present = (told: CallOutcome) =>
      told.succeeded
        ? this.present(run, target, told, completedAt)
        : failureAnswer(run, attempt, told.failure);
    const answer = present(outcome);
    const mask = run.admitted.kept?.values ?? null;
    const stored =
      run.key === null
        ? {}
        : {
            key: run.key,
            answer: storedAnswer(mask === null ? answer : present(maskOutcome(outcome, mask))),
          };
    const next = { kind: 'final' as const, completedAt, ...stored };
    const claim = { ...toClaim(run), mayHaveDuties };
    const ending = {
      claim,
      mode: 'sync' as const,
      attempt,
      model: target,
      price: target.price,
      outcome,
      mask,
      next,
    };
    if (await this.executions.end(ending)) return answer;
    // With a key, what is answered now is what will be answered again: what the sweep has recorded.
    if (run.key !== null) return KEY_TAKEN;
    throw new OwnershipLostError(run.executionId);
  }

  private present(
    run: BegunRun,
    target: Target,
    { completion, output }: Extract<CallOutcome, { succeeded: true }>,
    completedAt: Date,
  ): RawAnswer {
    const result = toExecutionResult(run, target, completion, completedAt, output);
    const body = JSON.stringify(run.protocol.present(result, run.admitted, completion));
    return RawAnswer.json(200, body, run.protocol.headers?.(result));
  }

  /** Kept for the record, with no attempt: nobody was called. */
  private async refuse(run: BegunRun, retryAfterMs: number): Promise<Written> {
    const names = run.admitted.targets.map(({ provider, modelName }) => `${provider}/${modelName}`);
    const problem = new ProviderCircuitOpenError(names.join(', '), retryAfterMs, {
      execution_id: run.executionId,
      provider_status: null,
      attempts: 0,
      ...(run.admitted.arm === null ? {} : { rollout: armView(run.admitted.arm) }),
    });
    const answer = problemAnswer(problem, run.path);
    const begun = await this.executions.begin({
      ...toBeginning(run),
      status: 'failed',
      error: { type: 'provider_error', message: problem.message },
      answer: storedAnswer(answer),
    });
    if (typeof begun === 'string') return begun === 'stale' ? 'stale' : KEY_TAKEN;
    return answer;
  }
}

function toClaim({ projectId, executionId, fence }: BegunRun): Omit<Claim, 'mayHaveDuties'> {
  return { projectId, executionId, fence };
}

function toBeginning(run: BegunRun): Omit<Beginning, 'status'> {
  const { executionId, projectId, createdAt, admitted, key, sink } = run;
  const { name: requestedBy, keyId } = run.caller;
  const streamed = sink !== null;
  return { executionId, projectId, requestedBy, keyId, mode: 'sync', createdAt, admitted, key, streamed };
}

function failureAnswer(
  run: BegunRun,
  attempts: number,
  failure: Extract<CallOutcome, { succeeded: false }>['failure'],
): RawAnswer {
  const { arm } = run.admitted;
  const members = {
    execution_id: run.executionId,
    provider_status: failure.status,
    attempts,
    ...(arm === null ? {} : { rollout: armView(arm) }),
  };
  return problemAnswer(providerProblem(failure, members), run.path);
}
