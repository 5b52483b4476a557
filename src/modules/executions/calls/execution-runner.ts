import { Injectable, Logger } from '@nestjs/common';
import { BudgetExceededError } from '../../budgets/index.js';
import { RateLimits, type Spender } from '../../limits/index.js';
import type { AllowedModel } from '../../models/index.js';
import { ProjectCircuits } from '../../secrets/index.js';
import { type Chosen, chooseTarget } from '../admission/execution-targets.js';
import type { Dispatched } from '../record/index.js';
import { AttemptCosts, type HeldAttempt } from './attempt-costs.js';
import { type CallOutcome, countTokens } from '../facts/call-outcome.js';
import type { ClaimedExecution } from '../record/claimed-execution.js';
import { ClaimEndings } from './claim-endings.js';
import { ExecutionLeases } from './execution-leases.js';
import { ProviderCaller } from './provider-caller.js';

/** Carries out a claim: records the attempt, makes the call, and records how it ended. */
@Injectable()
export class ExecutionRunner {
  private readonly logger = new Logger(ExecutionRunner.name);

  constructor(
    private readonly circuits: ProjectCircuits,
    private readonly costs: AttemptCosts,
    private readonly leases: ExecutionLeases,
    private readonly caller: ProviderCaller,
    private readonly limits: RateLimits,
    private readonly endings: ClaimEndings,
  ) {}

  /** Rejects only when the database is away for longer than the lease. Then the lease lapses and a sweep decides. */
  async run(claimed: ClaimedExecution): Promise<void> {
    const choice = chooseTarget(this.circuits, claimed.projectId, claimed.targets, claimed.nextIndex);
    if (choice.index === null) return this.endings.giveBack(claimed, choice.retryAfterMs);
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
    const held = await this.hold(claimed, attempt);
    if (held === null) return null;
    const price = await this.costs.findPrice(projectId, chosen.target);
    const dispatched = await this.leases.dispatch(claimed, attempt, chosen.target);
    if (dispatched === null) {
      this.logger.warn(
        { executionId },
        'not called: the execution passed to another process before its call',
      );
      return null;
    }
    const { lease } = dispatched;
    try {
      // A process that was suspended after the commit would otherwise call at the same time as the one that has taken over.
      if (!lease.isCertain) {
        this.logger.warn({ executionId, attempt }, 'not called: the lease may have lapsed before the call');
        return null;
      }
      const { provider, modelName } = chosen.target;
      const { messages, extras, timeoutMs: deadlineMs } = claimed;
      const asked = { provider, modelName, messages, params: held.params, extras, deadlineMs };
      const call = { executionId, projectId, attempt, ...asked, signal: lease.signal };
      const outcome = await this.caller.call(call);
      this.limits.charge(toSpender(claimed, dispatched), countTokens(outcome));
      const claim = { ...claimed, mayHaveDuties: held.mayHaveDuties };
      await this.endings.end(claim, { attempt, chosen, price, outcome });
      return outcome;
    } finally {
      lease.end();
    }
  }

  /** @returns null when the budgets have nothing left for the attempt, which ends the execution. */
  private async hold(claimed: ClaimedExecution, attempt: number): Promise<HeldAttempt | null> {
    try {
      return await this.costs.hold(claimed, attempt);
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error;
      await this.endings.refuse(claimed, error.message);
      return null;
    }
  }
}

/** Leaves out the request limit, because the request was counted when it was submitted. */
function toSpender(
  { projectId }: ClaimedExecution,
  { keyId, tokensPerMinute, ancestors }: Dispatched,
): Spender {
  return { projectId, keyId, rateLimits: { requestsPerMinute: null, tokensPerMinute }, ancestors };
}
