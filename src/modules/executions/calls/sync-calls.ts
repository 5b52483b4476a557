import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { isDatabaseOutage } from '../../../infra/database/index.js';
import { Clock } from '../../../kernel/index.js';
import { BudgetExceededError } from '../../budgets/index.js';
import { RateLimits } from '../../limits/index.js';
import { ProviderError, type ProviderParams } from '../../providers/index.js';
import { ProjectCircuits } from '../../secrets/index.js';
import type { AnswerSink } from '../runs/answer-sink.js';
import type { AdmittedRun, BegunRun, EndedCall } from '../runs/run.js';
import {
  type Choice,
  type Chosen,
  chooseTarget,
  hasFallback,
  type Target,
} from '../admission/execution-targets.js';
import { OwnershipLostError } from './ownership-lost-error.js';
import { type CallOutcome, countTokens, isFree } from '../facts/call-outcome.js';
import { type ProviderCall, ProviderCaller } from './provider-caller.js';
import { ExecutionsRepository } from '../record/index.js';
import { isRetryableElsewhere, LEAST_CALL_MS, runRetryWaitMs } from './retry-policy.js';

/** A dispatched call. */
interface Call extends Chosen<Target> {
  readonly params: ProviderParams;
}

/** Makes the calls of a run: a few in quick succession, along its models and within its deadline. */
@Injectable()
export class SyncCalls {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly circuits: ProjectCircuits,
    private readonly caller: ProviderCaller,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
  ) {}

  /** Chooses the model that is called first. {@link make} settles its pass; a caller that never gets there has to settle it. */
  choose({ asked, admitted }: AdmittedRun): Choice<Target> {
    return chooseTarget(this.circuits, asked.caller.projectId, admitted.targets, 0);
  }

  /**
   * Calls, and retries while that makes sense. The caller records how the last call ended.
   * @param first is dispatched already.
   * @throws OwnershipLostError when the execution passed to another process.
   */
  async make(begun: BegunRun, first: Chosen<Target>): Promise<EndedCall> {
    const { run, claim, clampedTokens } = begun;
    const { index, target, pass } = first;
    let call: Call = { index, target, pass, params: clampedParams(run.admitted.params, clampedTokens) };
    let { mayHaveDuties = true } = claim;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.callOnce(run, attempt, call);
      call.pass.settle(this.caller.judge(outcome));
      this.limits.charge(run.asked.caller, countTokens(outcome));
      const last = { attempt, target: call.target, outcome, mayHaveDuties };
      const next = await this.nextCall(begun, last, call);
      if (next === null) return last;
      let isDispatched = false;
      try {
        // One commit ends the last call and announces the next, before that one's socket is opened.
        const again = { kind: 'running', model: next.target } as const;
        const { target: model } = call;
        isDispatched = await this.executions.end({
          claim,
          mode: 'sync',
          attempt,
          model,
          price: model.price,
          outcome,
          mask: run.admitted.kept?.values ?? null,
          next: again,
        });
      } finally {
        if (!isDispatched) next.pass.settle('silent');
      }
      if (!isDispatched) throw new OwnershipLostError(claim.executionId);
      call = next;
      mayHaveDuties ||= next.mayHaveDuties;
    }
  }

  private remainingMs({ deadlineAtMs }: AdmittedRun): number {
    return Math.max(0, deadlineAtMs - this.clock.monotonicMs());
  }

  private callOnce(run: AdmittedRun, attempt: number, { index, target, params }: Call): Promise<CallOutcome> {
    const { executionId, admitted } = run;
    const { caller, sink } = run.asked;
    const { projectId } = caller;
    const { provider, modelName } = target;
    const { messages, extras } = admitted;
    sink?.calling({ provider, model_name: modelName });
    const shareMs = this.shareMs(run, attempt, index);
    const call = { executionId, projectId, attempt, provider, modelName, messages, params, extras };
    if (sink === null) return this.caller.call({ ...call, deadlineMs: shareMs });
    return this.callFor(sink, { ...call, deadlineMs: this.remainingMs(run) }, shareMs);
  }

  /** Gives a stream all of the remaining time once a piece has gone out, because no other model can take over after that. */
  private async callFor(sink: AnswerSink, call: ProviderCall, shareMs: number): Promise<CallOutcome> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      const message = `The provider did not begin within ${Math.round(shareMs)} ms.`;
      if (!sink.hasSent) late.abort(new ProviderError('timeout', message));
    }, shareMs);
    try {
      return await this.caller.call({
        ...call,
        signal: AbortSignal.any([sink.signal, late.signal]),
        abortedAs: 'client_closed',
        onEvent: (event) => sink.send(event),
        onModel: (model) => sink.answeredBy(model),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives the last model all of the remaining time, and each one before it only a share, so that it leaves time for the others. */
  private shareMs(run: AdmittedRun, attempt: number, index: number): number {
    const { targets, maxAttempts } = run.admitted;
    const models = Math.max(1, Math.min(targets.length - index, maxAttempts - attempt + 1));
    return this.remainingMs(run) / models;
  }

  private async nextCall(
    begun: BegunRun,
    last: EndedCall,
    { index }: Call,
  ): Promise<(Call & { readonly mayHaveDuties: boolean }) | null> {
    const { run } = begun;
    const { targets } = run.admitted;
    const isLastModel = !hasFallback(targets, index);
    if (!(await this.isTimely(run, last, isLastModel))) return null;
    const { projectId } = run.asked.caller;
    const choice = chooseTarget(this.circuits, projectId, targets, (index + 1) % targets.length);
    if (choice.index === null) return null;
    let held: { readonly params: ProviderParams; readonly mayHaveDuties: boolean } | null = null;
    try {
      // The same model comes up again when the circuits of all others are open. Then its wait applies.
      const isSameAgain = choice.index === index && !isLastModel;
      if (isSameAgain && !(await this.isTimely(run, last, true))) return null;
      held = await this.heldParams(begun, last);
    } finally {
      if (held === null) choice.pass.settle('silent');
    }
    return held === null ? null : { ...choice, ...held };
  }

  /** Waits until it is time for another call. @returns false when another call is pointless, or there is no time for it. */
  private async isTimely(run: AdmittedRun, last: EndedCall, isLastModel: boolean): Promise<boolean> {
    const waitMs = this.waitMs(run, last, isLastModel);
    if (waitMs === null) return false;
    // A client that has left wants no further call, and a call that is not made must not be announced.
    const { sink } = run.asked;
    if (waitMs > 0) await waitUnlessLeft(waitMs, sink);
    return sink?.signal.aborted !== true;
  }

  private waitMs(run: AdmittedRun, { attempt, outcome }: EndedCall, isLastModel: boolean): number | null {
    const { sink } = run.asked;
    if (outcome.succeeded || attempt >= run.admitted.maxAttempts) return null;
    // A piece that was sent cannot be withdrawn.
    if (sink !== null && (sink.hasSent || sink.signal.aborted)) return null;
    const { kind, retryAfterMs, shouldRetry = null } = outcome.failure;
    const remainingMs = this.remainingMs(run);
    if (!isLastModel) {
      return isRetryableElsewhere(outcome.failure) && remainingMs >= LEAST_CALL_MS ? 0 : null;
    }
    const waitMs = runRetryWaitMs({
      kind,
      shouldRetry,
      attemptsMade: attempt,
      retryAfterMs,
      remainingMs,
      random: Math.random(),
    });
    // Report the failure with its status now, rather than send a success status while the retry waits.
    return waitMs !== null && sink !== null && waitMs >= sink.patienceMs ? null : waitMs;
  }

  /** Returns the params that the budgets allow for a further attempt; null when they allow none. */
  private async heldParams(
    { run, claim, clampedTokens: asBegun }: BegunRun,
    { attempt, outcome }: EndedCall,
  ): Promise<{ readonly params: ProviderParams; readonly mayHaveDuties: boolean } | null> {
    const { bound, params: asked } = run.admitted;
    try {
      const isLastFree = isFree(outcome);
      const { clampedTokens, mayHaveDuties } = await this.executions.holdAgain(
        claim,
        attempt + 1,
        bound,
        isLastFree,
      );
      const params = clampedParams(asked, clampedTokens ?? asBegun);
      return { params, mayHaveDuties };
    } catch (error) {
      // Make no further call while the database is away. How the last call ended is recorded when it is back.
      if (error instanceof BudgetExceededError || isDatabaseOutage(error)) return null;
      throw error;
    }
  }
}

async function waitUnlessLeft(waitMs: number, sink: AnswerSink | null): Promise<void> {
  const options = sink === null ? {} : { signal: sink.signal };
  await sleep(waitMs, undefined, options).catch((error: unknown) => {
    if (sink?.signal.aborted !== true) throw error;
  });
}

/** @param clampedTokens null for the params as requested. */
export function clampedParams(params: ProviderParams, clampedTokens: number | null): ProviderParams {
  return clampedTokens === null ? params : { ...params, max_new_tokens: clampedTokens };
}
