import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { Clock } from '../../kernel/index.js';
import { RateLimits, type Spender } from '../limits/index.js';
import { Circuits, circuitOutcomeOf } from '../providers/index.js';
import type { ClaimedExecution } from './claim.js';
import { ExecutionLeases } from './execution-leases.js';
import type { Next } from './execution-rows.js';
import { ExecutionWaits } from './execution-waits.js';
import { type Dispatched, ExecutionsRepository } from './executions.repository.js';
import { type CallOutcome, ProviderCaller, tokensOf } from './provider-caller.js';
import { isRetryable, waitBeforeRetryMs } from './retry-policy.js';

/** Does what a claim promised: writes the attempt, makes the call, writes how it ended. */
@Injectable()
export class ExecutionRunner {
  private readonly logger = new Logger(ExecutionRunner.name);

  constructor(
    private readonly config: AppConfig,
    private readonly executions: ExecutionsRepository,
    private readonly leases: ExecutionLeases,
    private readonly circuits: Circuits,
    private readonly caller: ProviderCaller,
    private readonly waits: ExecutionWaits,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
  ) {}

  /** Rejects only when the database does, for longer than the lease; then that lapses and a sweep decides. */
  async run(claimed: ClaimedExecution): Promise<void> {
    const pass = this.circuits.tryAcquire(claimed.provider, claimed.modelName);
    if (pass.open) {
      // Spread over a second, so that the whole queue does not come back in the same moment.
      await this.executions.release(claimed, pass.retryAfterMs + Math.random() * 1000);
      return;
    }
    let outcome: CallOutcome | null = null;
    try {
      outcome = await this.callOnce(claimed);
    } finally {
      const failure = outcome?.succeeded === false ? outcome.failure.kind : null;
      pass.settle(outcome === null ? 'neutral' : circuitOutcomeOf(failure));
    }
  }

  /** @returns null when no call was made. */
  private async callOnce(claimed: ClaimedExecution): Promise<CallOutcome | null> {
    const { executionId } = claimed;
    const attempt = claimed.attemptsMade + 1;
    const sinceMs = this.clock.monotonicMs();
    const dispatched = await this.executions.dispatch(claimed, attempt);
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
      const call = { ...claimed, attempt, deadlineMs: claimed.timeoutMs, signal: lease.signal };
      const outcome = await this.caller.call(call);
      this.limits.charge(spenderOf(claimed, dispatched), tokensOf(outcome));
      await this.finish(claimed, attempt, outcome);
      return outcome;
    } finally {
      lease.end();
    }
  }

  private async finish(claimed: ClaimedExecution, attempt: number, outcome: CallOutcome): Promise<void> {
    const { executionId } = claimed;
    const next = this.nextOf(claimed, attempt, outcome);
    if (!(await this.executions.finish(claimed, attempt, outcome, next))) {
      this.logger.warn(
        { executionId, attempt },
        'fenced: the execution passed to another process during its call',
      );
    } else if (next.kind === 'final') {
      this.waits.wake(executionId);
    }
  }

  private nextOf(claimed: ClaimedExecution, attemptsMade: number, outcome: CallOutcome): Next {
    if (outcome.succeeded || !isRetryable(outcome.failure.kind) || attemptsMade >= claimed.maxAttempts) {
      return { kind: 'final' };
    }
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
function spenderOf({ projectId }: ClaimedExecution, { keyId, tokensPerMinute }: Dispatched): Spender {
  return { projectId, keyId, rateLimits: { requestsPerMinute: null, tokensPerMinute } };
}
