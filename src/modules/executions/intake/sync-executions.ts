import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../../infra/database/index.js';
import { problemAnswer, RawAnswer } from '../../../infra/http/index.js';
import { RateLimits } from '../../limits/index.js';
import type { Chosen, Target } from '../admission/execution-targets.js';
import type { CachedAnswer } from '../cache/index.js';
import type { CallOutcome } from '../facts/call-outcome.js';
import { OwnershipLostError } from '../calls/ownership-lost-error.js';
import { SyncCalls } from '../calls/sync-calls.js';
import { providerProblem, ProviderCircuitOpenError } from '../errors.js';
import { KEY_TAKEN, storedAnswer } from '../idempotency/index.js';
import { maskOutcome } from '../masking/index.js';
import { armView } from '../reads/execution-views.js';
import {
  type Beginning,
  type BegunExecution,
  ExecutionsRepository,
  warningHeaders,
} from '../record/index.js';
import { streamedView, toCachedResult, toExecutionResult } from './execution-result.js';
import type { Written } from './intake.js';
import type { AdmittedRun, BegunRun, EndedCall } from '../runs/run.js';

/** Grace after the deadline, after which a lease must belong to a dead process. */
const LEASE_GRACE_MS = 15_000;
const FIRST_FENCE = 1;

/** Runs synchronous executions from beginning to end, and commits everything before it is answered. */
@Injectable()
export class SyncExecutions {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly calls: SyncCalls,
    private readonly limits: RateLimits,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /** Reuses the answer to an equal request, without a call. */
  async answerAgain(asked: AdmittedRun, cached: CachedAnswer): Promise<Written> {
    // The run may have waited for that answer, and begins now.
    const run = { ...asked, createdAt: this.databaseClock.now() };
    const { protocol } = run.asked;
    const completedAt = this.databaseClock.now();
    const result = toCachedResult(run, cached, completedAt);
    const body = JSON.stringify(protocol.present(result, run.admitted));
    const answer = RawAnswer.json(200, body, protocol.headers?.(result));
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

  /** Begins, calls, and records the outcome. @throws OwnershipLostError when the execution passed to another process. */
  async answerByCall(run: AdmittedRun): Promise<Written> {
    const choice = this.calls.choose(run);
    if (choice.index === null) return this.refuse(run, choice.retryAfterMs);
    let last: EndedCall | undefined;
    let written: BegunExecution;
    let begun: BegunRun;
    try {
      const state = await this.executions.begin({
        ...toBeginning(run),
        status: 'running' as const,
        model: choice.target,
        leaseMs: run.admitted.timeoutMs + LEASE_GRACE_MS,
      });
      if (typeof state === 'string') return state === 'stale' ? 'stale' : KEY_TAKEN;
      written = state;
      begun = toBegun(run, written);
      last = await this.call(begun, choice, written);
    } finally {
      // Settle even when nothing was called, because an unsettled trial would keep the circuit open.
      if (last === undefined) choice.pass.settle('silent');
    }
    const answer = await this.finish(begun, last);
    return answer === KEY_TAKEN ? answer : answer.with(warningHeaders(written.warning));
  }

  private async call(
    begun: BegunRun,
    first: Chosen<Target>,
    { warning }: BegunExecution,
  ): Promise<EndedCall> {
    const { run } = begun;
    const { caller, protocol, sink } = run.asked;
    if (sink !== null) {
      const view = streamedView(run, first.target);
      const limits = await this.limits.headersFor(caller);
      const common = { ...limits, ...warningHeaders(warning) };
      sink.begin(view, (model) => ({ ...protocol.headers?.({ ...view, model }), ...common }));
    }
    return this.calls.make(begun, first);
  }

  private async finish(
    { run, claim }: BegunRun,
    { attempt, outcome, target, mayHaveDuties }: EndedCall,
  ): Promise<RawAnswer | typeof KEY_TAKEN> {
    const { projectId, executionId, fence } = claim;
    const { key } = run.asked;
    const completedAt = this.databaseClock.now();
    const present = (told: CallOutcome) =>
      told.succeeded
        ? successAnswer(run, target, told, completedAt)
        : failureAnswer(run, attempt, told.failure);
    const answer = present(outcome);
    const mask = run.admitted.kept?.values ?? null;
    const stored =
      key === null
        ? {}
        : { key, answer: storedAnswer(mask === null ? answer : present(maskOutcome(outcome, mask))) };
    const ending = {
      claim: { projectId, executionId, fence, mayHaveDuties },
      mode: 'sync' as const,
      attempt,
      model: target,
      price: target.price,
      outcome,
      mask,
      next: { kind: 'final' as const, completedAt, ...stored },
    };
    if (await this.executions.end(ending)) return answer;
    // A request with a key gets what the sweep has recorded, so that a replay gives the same answer.
    if (key !== null) return KEY_TAKEN;
    throw new OwnershipLostError(executionId);
  }

  /** Keeps the refusal on record, without an attempt, because no provider was called. */
  private async refuse(run: AdmittedRun, retryAfterMs: number): Promise<Written> {
    const names = run.admitted.targets.map(({ provider, modelName }) => `${provider}/${modelName}`);
    const members = failureMembers(run, 0, null);
    const problem = new ProviderCircuitOpenError(names.join(', '), retryAfterMs, members);
    const answer = problemAnswer(problem, run.asked.path);
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

function toBeginning({ asked, admitted, executionId, createdAt }: AdmittedRun): Omit<Beginning, 'status'> {
  const { caller, key, sink } = asked;
  const { projectId, name: requestedBy, keyId } = caller;
  const streamed = sink !== null;
  return { executionId, projectId, requestedBy, keyId, mode: 'sync', createdAt, admitted, key, streamed };
}

function toBegun(run: AdmittedRun, { mayHaveDuties, clampedTokens }: BegunExecution): BegunRun {
  const { executionId, asked } = run;
  const claim = { projectId: asked.caller.projectId, executionId, fence: FIRST_FENCE, mayHaveDuties };
  return { run, claim, clampedTokens };
}

function successAnswer(
  run: AdmittedRun,
  target: Target,
  { completion, output }: Extract<CallOutcome, { succeeded: true }>,
  completedAt: Date,
): RawAnswer {
  const { protocol } = run.asked;
  const result = toExecutionResult(run, target, completion, completedAt, output);
  const body = JSON.stringify(protocol.present(result, run.admitted, completion));
  return RawAnswer.json(200, body, protocol.headers?.(result));
}

function failureAnswer(
  run: AdmittedRun,
  attempts: number,
  failure: Extract<CallOutcome, { succeeded: false }>['failure'],
): RawAnswer {
  const members = failureMembers(run, attempts, failure.status);
  return problemAnswer(providerProblem(failure, members), run.asked.path);
}

function failureMembers({ executionId, admitted }: AdmittedRun, attempts: number, status: number | null) {
  const rollout = admitted.arm === null ? {} : { rollout: armView(admitted.arm) };
  return { execution_id: executionId, provider_status: status, attempts, ...rollout };
}
