import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { Expiry } from '../../infra/database/index.js';
import { BudgetsRepository } from './budgets.repository.js';

const LONGEST_INTERVAL_MS = 60_000;

/** Ends holds that nobody settled in time. */
@Injectable()
export class HoldExpiry extends Expiry {
  constructor(
    config: AppConfig,
    private readonly budgets: BudgetsRepository,
  ) {
    super({
      intervalMs: Math.min(LONGEST_INTERVAL_MS, config.env.BUDGET_HOLD_MS),
      mostAtOnce: 500,
      failure: 'expired holds of budgets could not be ended',
    });
  }

  protected expireSome(most: number): Promise<number> {
    return this.budgets.expireHolds(most);
  }
}
