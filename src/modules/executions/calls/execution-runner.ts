import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { DatabaseClock } from '../../../infra/database/index.js';
import { Clock } from '../../../kernel/index.js';
import { BudgetExceededError } from '../../budgets/index.js';
import { RateLimits, type Spender } from '../../limits/index.js';
import { PriceReads, type PriceRecord, type AllowedModel } from '../../models/index.js';
import { type ProviderParams, ProviderRegistry } from '../../providers/index.js';
import { ProjectCircuits } from '../../secrets/index.js';
import { boundCharge } from '../admission/charge-bound.js';
import type { ClaimedExecution } from './claim.js';
import { ExecutionLeases } from './execution-leases.js';
import {
  type Chosen,
  chooseTarget,
  hasFallback,
  type Target,
  type Targets,
} from '../admission/execution-targets.js';
import { ExecutionWaits } from '../reads/execution-waits.js';
import { type CallOutcome, countTokens } from './call-outcome.js';
import { ProviderCaller } from './provider-caller.js';
import { type Dispatched, ExecutionsRepository, type Next } from '../record/index.js';
import { isRetryableElsewhere, isRetryableThere, waitBeforeRetryMs } from './retry-policy.js';
import { clampedParams } from './sync-calls.js';

/** The outcome of a call that was not made. */
const NOTHING = { status: null, retryAfterMs: null, providerRequestId: null, latencyMs: 0 } as const;

/** Does what a claim promised: writes the attempt, makes the call, writes how it ended. */
@Injectable()
export class ExecutionRunner {
  private readonly logger = new Logger(ExecutionRunner.name);

  constructor(
    private readonly config: AppConfig,
    private readonly executions: ExecutionsRepository,
    private readonly leases: ExecutionLeases,
    private readonly circuits: ProjectCircuits,
    private readonly caller: ProviderCaller,
    private readonly waits: ExecutionWaits,
    private readonly limits: RateLimits,
    private readonly registry: ProviderRegistry,
    private readonly prices: PriceReads,
    private readonly databaseClock: DatabaseClock,
    private readonly clock: Clock,
  ) {}

  /** Rejects only when the database does, for longer than the lease; then that lapses and a sweep decides. */
  async run(claimed: ClaimedExecution): Promise<void> {
    const choice = chooseTarget(this.circuits, claimed.projectId, claimed.targets, claimed.nextIndex);
    if (choice.index === null) {
      // Spread over a second, so that the whole queue does not come back in the same moment.
      await this.executions.release(claimed, choice.retryAfterMs + Math.random() * 1000);
      return;
    }
    let outcome: CallOutcome | null = null;
    try {
      outcome = await this.callOnce(claimed, choice);
    } finally {
      choice.pass.settle(outcome === null ? 'silent' : this.caller.judge(outcome));
    }
  }

  /** @returns null when no call was made. */
  private async callOnce(
    claimed: ClaimedExecution,
    chosen: Chosen<AllowedModel>,
  ): Promise<CallOutcome | null> {
    const { executionId, projectId } = claimed;
    const attempt = claimed.attemptsMade + 1;
    const held = await this.heldParams(claimed, attempt);
    if (held === null) return null;
    const { params } = held;
    const { provider, modelName } = chosen.target;
    const { price } = await this.prices.findTerms(
      claimed.projectId,
      provider,
      modelName,
      this.databaseClock.now(),
    );
    const sinceMs = this.clock.monotonicMs();
    const dispatched = await this.executions.dispatch(claimed, attempt, chosen.target);
    if (dispatched === null) {
      this.logger.warn(
        { executionId },
        'not called: the execution passed to another process before its call',
      );
      return null;
    }
    const lease = this.leases.hold(claimed, sinceMs);
    try {
      // A process that was stopped between the commit and here would call beside the one that has taken over.
      if (!lease.isCertain) {
        this.logger.warn({ executionId, attempt }, 'not called: the lease may have lapsed before the call');
        return null;
      }
      const { messages, extras, timeoutMs: deadlineMs } = claimed;
      const asked = { provider, modelName, messages, params, extras, deadlineMs };
      const call = { executionId, projectId, attempt, ...asked, signal: lease.signal };
      const outcome = await this.caller.call(call);
      this.limits.charge(toSpender(claimed, dispatched), countTokens(outcome));
      const claim = { ...claimed, mayHaveDuties: held.mayHaveDuties };
      await this.finish(claim, attempt, outcome, { chosen, price });
      return outcome;
    } finally {
      lease.end();
    }
  }

  /**
   * The params that the budgets allow. The first attempt was held for when the execution was taken on, each further one
   * is when it is about to be made.
   * @returns null when nothing is left for it; then the execution is over.
   */
  private async heldParams(
    claimed: ClaimedExecution,
    attempt: number,
  ): Promise<{ readonly params: ProviderParams; readonly mayHaveDuties: boolean } | null> {
    const { params, messages, extras } = claimed;
    const { mayHaveDuties: hasDuties = true } = claimed;
    if (attempt === 1) return { params, mayHaveDuties: hasDuties };
    const targets = await this.pricedTargets(claimed);
    const bound = boundCharge(targets, { messages, params, ...extras }, ({ provider }) =>
      this.registry.get(provider),
    );
    try {
      const { clampedTokens, mayHaveDuties } = await this.executions.holdAgain(
        claimed,
        attempt,
        bound,
        false,
      );
      return { params: clampedParams(params, clampedTokens), mayHaveDuties: hasDuties || mayHaveDuties };
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error;
      const failure = { kind: 'budget_exceeded' as const, message: error.message, ...NOTHING };
      if (await this.executions.refuse(claimed, claimed.attemptsMade, failure))
        this.waits.wake(claimed.executionId);
      return null;
    }
  }

  private async pricedTargets({ projectId, targets }: ClaimedExecution): Promise<Targets> {
    const at = this.databaseClock.now();
    const priced = await Promise.all(
      targets.map(async (target): Promise<Target> => {
        const terms = await this.prices.findTerms(projectId, target.provider, target.modelName, at);
        return { ...target, ...terms };
      }),
    );
    return priced as [Target, ...Target[]];
  }

  private async finish(
    claimed: ClaimedExecution,
    attempt: number,
    outcome: CallOutcome,
    { chosen, price }: { readonly chosen: Chosen<AllowedModel>; readonly price: PriceRecord | null },
  ): Promise<void> {
    const { executionId } = claimed;
    const next = this.decideNext(claimed, attempt, outcome, chosen.index);
    const { target: model } = chosen;
    const { mask } = claimed;
    const ending = { claim: claimed, mode: 'async' as const, attempt, model, price, outcome, mask, next };
    if (!(await this.executions.end(ending))) {
      this.logger.warn(
        { executionId, attempt },
        'fenced: the execution passed to another process during its call',
      );
    } else if (next.kind === 'final') {
      this.waits.wake(executionId);
    }
  }

  private decideNext(
    claimed: ClaimedExecution,
    attemptsMade: number,
    outcome: CallOutcome,
    index: number,
  ): Next {
    if (outcome.succeeded || attemptsMade >= claimed.maxAttempts) return { kind: 'final' };
    if (hasFallback(claimed.targets, index)) {
      return isRetryableElsewhere(outcome.failure) ? { kind: 'queued', waitMs: 0 } : { kind: 'final' };
    }
    if (!isRetryableThere(outcome.failure)) return { kind: 'final' };
    const waitMs = waitBeforeRetryMs({
      attemptsMade,
      retryAfterMs: outcome.failure.retryAfterMs,
      waitsMs: this.config.env.RETRY_WAITS_MS,
      random: Math.random(),
    });
    return { kind: 'queued', waitMs };
  }
}

/** Its requests were counted when it was submitted. */
function toSpender(
  { projectId }: ClaimedExecution,
  { keyId, tokensPerMinute, ancestors }: Dispatched,
): Spender {
  return { projectId, keyId, rateLimits: { requestsPerMinute: null, tokensPerMinute }, ancestors };
}
