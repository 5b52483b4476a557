import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import { Clock, getMessage } from '../../../kernel/index.js';
import type { AllowedModel } from '../../models/index.js';
import type { Claim } from '../facts/claim.js';
import { type Dispatched, ExecutionsRepository } from '../record/index.js';

/** A call of an execution that this process holds. */
export class HeldLease {
  private readonly controller = new AbortController();

  constructor(
    readonly claim: Claim,
    private readonly isCurrent: (lease: HeldLease) => boolean,
    private readonly giveUp: (lease: HeldLease) => void,
  ) {}

  /** Aborts when the execution has passed to another process. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Whether this process's own clock rules out that the lease has lapsed. A process that was suspended may hold an old lease. */
  get isCertain(): boolean {
    return !this.signal.aborted && this.isCurrent(this);
  }

  lose(): void {
    this.controller.abort(new Error('the execution passed to another process'));
  }

  end(): void {
    this.giveUp(this);
  }
}

/** An attempt that was announced, with the lease that the announcement began. */
export interface DispatchedAttempt extends Dispatched {
  readonly lease: HeldLease;
}

/** The number of renewals within the length of a lease, so that two may fail before it lapses. */
const RENEWALS = 3;
const RENEWAL_RETRY_MS = 1000;

/** Renews the leases of all running calls in one statement, and tells each call that has lost its lease to stop. */
@Injectable()
export class ExecutionLeases implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ExecutionLeases.name);
  private readonly held = new Map<HeldLease, number>();
  private readonly leaseMs: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    config: AppConfig,
    private readonly executions: ExecutionsRepository,
    private readonly clock: Clock,
  ) {
    this.leaseMs = config.env.LEASE_MS;
  }

  /**
   * Records that an attempt is about to be made, and holds the execution from then on. The socket may be opened after this.
   * @returns null when this process no longer holds the execution.
   */
  async dispatch(
    claim: Claim,
    attempt: number,
    model: Pick<AllowedModel, 'modelId'>,
  ): Promise<DispatchedAttempt | null> {
    const sinceMs = this.clock.monotonicMs();
    const dispatched = await this.executions.dispatch(claim, attempt, model);
    return dispatched === null ? null : { ...dispatched, lease: this.hold(claim, sinceMs) };
  }

  /** @param sinceMs when the statement that began the lease was sent, by the monotonic clock. */
  hold(claim: Claim, sinceMs: number): HeldLease {
    const lease = new HeldLease(
      claim,
      (held) => this.clock.monotonicMs() - (this.held.get(held) ?? Number.NEGATIVE_INFINITY) < this.leaseMs,
      (held) => this.held.delete(held),
    );
    this.held.set(lease, sinceMs);
    this.timer ??= setTimeout(() => void this.renewAll(), this.leaseMs / RENEWALS);
    return lease;
  }

  /** By now all calls have ended, or their time is up. */
  beforeApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  /** Never rejects. */
  private async renewAll(): Promise<void> {
    let nextMs = this.leaseMs / RENEWALS;
    const leases = [...this.held.keys()];
    const sinceMs = this.clock.monotonicMs();
    try {
      const lost = new Set(
        leases.length === 0 ? [] : await this.executions.renew(leases.map(({ claim }) => claim)),
      );
      for (const lease of leases) {
        if (lost.has(lease.claim)) lease.lose();
        else if (this.held.has(lease)) this.held.set(lease, sinceMs);
      }
    } catch (error) {
      this.logger.warn(`leases could not be renewed: ${getMessage(error)}`);
      nextMs = Math.min(nextMs, RENEWAL_RETRY_MS);
    }
    this.timer = this.held.size === 0 ? undefined : setTimeout(() => void this.renewAll(), nextMs);
  }
}
