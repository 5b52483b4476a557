import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../../infra/database/index.js';
import { type AllowedModel, PriceReads, type PriceRecord } from '../../models/index.js';
import { type ProviderParams, ProviderRegistry } from '../../providers/index.js';
import { boundCharge } from '../admission/charge-bound.js';
import type { Target, Targets } from '../admission/execution-targets.js';
import { ExecutionsRepository } from '../record/index.js';
import type { ClaimedExecution } from '../record/claimed-execution.js';
import { clampedParams } from './sync-calls.js';

/** An attempt that the budgets allow. */
export interface HeldAttempt {
  readonly params: ProviderParams;
  /** Whether the claim or this hold may have given the execution duties. */
  readonly mayHaveDuties: boolean;
}

/** Holds money before each attempt of a queued execution, and finds the price that the attempt is charged at. */
@Injectable()
export class AttemptCosts {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly prices: PriceReads,
    private readonly registry: ProviderRegistry,
    private readonly databaseClock: DatabaseClock,
  ) {}

  /**
   * Holds for an attempt, with the params that the budgets allow. The first attempt is held for when the execution is admitted,
   * each further one when it is about to be made.
   * @throws BudgetExceededError `BUDGET_EXCEEDED` when nothing is left for it.
   */
  async hold(claimed: ClaimedExecution, attempt: number): Promise<HeldAttempt> {
    const { params, messages, extras } = claimed;
    const { mayHaveDuties: hasDuties = true } = claimed;
    if (attempt === 1) return { params, mayHaveDuties: hasDuties };
    const targets = await this.pricedTargets(claimed);
    const bound = boundCharge(targets, { messages, params, ...extras }, ({ provider }) =>
      this.registry.get(provider),
    );
    const held = await this.executions.holdAgain(claimed, attempt, bound, false);
    return {
      params: clampedParams(params, held.clampedTokens),
      mayHaveDuties: hasDuties || held.mayHaveDuties,
    };
  }

  /** Returns the price in effect now; null when none is known. */
  async findPrice(projectId: string, { provider, modelName }: AllowedModel): Promise<PriceRecord | null> {
    const now = this.databaseClock.now();
    return (await this.prices.findTerms(projectId, provider, modelName, now)).price;
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
}
