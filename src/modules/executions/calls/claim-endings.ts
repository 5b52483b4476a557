import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import type { AllowedModel, PriceRecord } from '../../models/index.js';
import { type Chosen, hasFallback } from '../admission/execution-targets.js';
import { ExecutionWaits } from '../reads/execution-waits.js';
import { ExecutionsRepository, type Next } from '../record/index.js';
import type { CallOutcome } from '../facts/call-outcome.js';
import type { ClaimedExecution } from '../record/claimed-execution.js';
import { isRetryableElsewhere, isRetryableThere, waitBeforeRetryMs } from './retry-policy.js';

/** An attempt whose call has ended. */
export interface EndedAttempt {
  readonly attempt: number;
  readonly chosen: Chosen<AllowedModel>;
  /** The price of the call; null when none is known. */
  readonly price: PriceRecord | null;
  readonly outcome: CallOutcome;
}

/** The facts of a failure without a call. */
const NOTHING = { status: null, retryAfterMs: null, providerRequestId: null, latencyMs: 0 } as const;
const SPREAD_MS = 1000;

/** Ends claims by release, refusal or attempt, and wakes requests that wait for a final state. */
@Injectable()
export class ClaimEndings {
  private readonly logger = new Logger(ClaimEndings.name);

  constructor(
    private readonly config: AppConfig,
    private readonly executions: ExecutionsRepository,
    private readonly waits: ExecutionWaits,
  ) {}

  /** Puts the execution back into the queue for `waitMs`, because no model can be called until then. */
  giveBack(claimed: ClaimedExecution, waitMs: number): Promise<void> {
    // Spread the returns over a second, so that the whole queue does not come back at once.
    return this.executions.release(claimed, waitMs + Math.random() * SPREAD_MS);
  }

  /** Ends the execution, because no budget has enough left for a further attempt. */
  async refuse(claimed: ClaimedExecution, message: string): Promise<void> {
    const failure = { kind: 'budget_exceeded' as const, message, ...NOTHING };
    if (await this.executions.refuse(claimed, claimed.attemptsMade, failure)) {
      this.waits.wake(claimed.executionId);
    }
  }

  /** Records how the attempt ended, and what happens to the execution next. */
  async end(claimed: ClaimedExecution, ended: EndedAttempt): Promise<void> {
    const { executionId, mask } = claimed;
    const { attempt, chosen, price, outcome } = ended;
    const next = this.decideNext(claimed, ended);
    const model = chosen.target;
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

  private decideNext(claimed: ClaimedExecution, { attempt, chosen, outcome }: EndedAttempt): Next {
    if (outcome.succeeded || attempt >= claimed.maxAttempts) return { kind: 'final' };
    if (hasFallback(claimed.targets, chosen.index)) {
      return isRetryableElsewhere(outcome.failure) ? { kind: 'queued', waitMs: 0 } : { kind: 'final' };
    }
    if (!isRetryableThere(outcome.failure)) return { kind: 'final' };
    const waitMs = waitBeforeRetryMs({
      attemptsMade: attempt,
      retryAfterMs: outcome.failure.retryAfterMs,
      waitsMs: this.config.env.RETRY_WAITS_MS,
      random: Math.random(),
    });
    return { kind: 'queued', waitMs };
  }
}
