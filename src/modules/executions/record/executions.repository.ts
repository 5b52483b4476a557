import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';
import {
  type CallEntry,
  DatabaseClock,
  type EndEntry,
  Journal,
  JournalConnections,
  TenantScope,
} from '../../../infra/database/index.js';
import { type CalledModel, Metrics } from '../../../infra/metrics/index.js';
import { Clock } from '../../../kernel/index.js';
import type { AllowedModel } from '../../models/index.js';
import type { ChargeBound } from '../admission/charge-bound.js';
import type { Claim } from '../facts/claim.js';
import type { ClaimedExecution, SweptExecution } from './claimed-execution.js';
import type { CallFailure } from '../facts/call-outcome.js';
import { BEGIN_REHEARSALS, type Beginning } from './begin.js';
import { type Begun, Beginnings } from './beginnings.js';
import type { BegunExecution } from './budget-verdict.js';
import { CALL_REHEARSALS, callsJournal, type Dispatched } from './call.js';
import { CLAIM_REHEARSALS, type ClaimOptions, Claims } from './claim.js';
import {
  COUNT_REHEARSALS,
  countAllQueued,
  countQueued,
  type QueueFigures,
  type QueueSlice,
  type SliceCount,
} from './count-queued.js';
import { END_REHEARSALS, endEntry, type Ending, refusedEntry } from './end.js';
import { Endings } from './endings.js';
import { holdAgain } from './hold-again.js';
import { releaseClaim, renewLeases, SWEEP_REHEARSALS, sweepLapsed } from './leases.js';

/** One batch of each journal runs at a time, because larger batches beat parallel ones. */
const WORKERS = 1;
/** Limit while a client waits: long enough for a restart of the database, too short for an outage. */
const BEGIN_PATIENCE_MS = 10_000;
/** After this many lost workers, the execution itself is assumed to kill them. */
const MAX_LAPSES = 10;
const MAX_SWEPT = 100;
const PICO = 1e12;
/** The number of queue entries that one statement counts. */
const SLICE_SIZE = 1000;

/**
 * Makes every change to an execution in flight, until it is final. Each statement names the status and the fence it comes from,
 * so a process that has lost the execution changes nothing. Writes of many requests go through journals: one statement and one
 * commit for all.
 */
@Injectable()
export class ExecutionsRepository {
  private readonly beginnings: Beginnings;
  private readonly calls: Journal<CallEntry, Dispatched | null>;
  private readonly endings: Endings;
  private readonly claims: Claims;

  constructor(
    private readonly scope: TenantScope,
    private readonly connections: JournalConnections,
    private readonly config: AppConfig,
    databaseClock: DatabaseClock,
    clock: Clock,
    private readonly metrics: Metrics,
  ) {
    const { JOURNAL_MAX_ROWS: maxRows, LEASE_MS: leaseMs } = config.env;
    const whileClientWaits = { maxRows, workers: WORKERS, patienceMs: BEGIN_PATIENCE_MS };
    const { journals } = metrics.work;
    this.beginnings = new Beginnings(
      { config, connections, scope, clock, metrics },
      { ...whileClientWaits, observer: journals.begin },
    );
    this.calls = callsJournal(connections, { ...whileClientWaits, observer: journals.call });
    // The outcome is useful until the lease lapses and a sweep decides.
    const whileItIsOfUse = { maxRows, workers: WORKERS, patienceMs: leaseMs, observer: journals.end };
    this.endings = new Endings(connections, metrics.executions, whileItIsOfUse);
    this.claims = new Claims(connections, databaseClock, leaseMs);
    connections.rehearse(
      ...BEGIN_REHEARSALS,
      ...CALL_REHEARSALS,
      ...END_REHEARSALS,
      ...CLAIM_REHEARSALS,
      ...SWEEP_REHEARSALS,
      ...COUNT_REHEARSALS,
    );
  }

  /**
   * Resolves when the beginning is durable.
   * @throws BudgetExceededError `BUDGET_EXCEEDED`; then nothing was written.
   * @throws ContentErasedError `CONTENT_ERASED` for a judgement of erased content; then nothing was written either.
   * @throws DatabaseUnavailableError `DATABASE_UNAVAILABLE` when it cannot be known whether it was written.
   */
  begin(beginning: Beginning): Promise<Begun> {
    return this.beginnings.append(beginning);
  }

  /** Takes up to `slots` due executions, which no other process gets before their leases lapse. */
  claim(slots: number, options: ClaimOptions): Promise<ClaimedExecution[]> {
    return this.claims.take(slots, options);
  }

  /**
   * Records that an attempt is about to be made. The socket may be opened after this.
   * @returns null when this process no longer holds the execution.
   */
  dispatch(claim: Claim, attempt: number, model: Pick<AllowedModel, 'modelId'>): Promise<Dispatched | null> {
    return this.calls.append({
      project_id: claim.projectId,
      execution_id: claim.executionId,
      fence: claim.fence,
      attempt,
      model_id: model.modelId,
      lease_ms: this.config.env.LEASE_MS,
    });
  }

  /**
   * Records how the attempt ended and what happens to the execution next. @returns false when this process no longer holds it:
   * then the attempt is `fenced`, keeps the late result, and nothing else changes.
   */
  end(ending: Ending): Promise<boolean> {
    const entry = endEntry(ending);
    this.countAttempt(ending.model, entry);
    return this.endings.append(entry, ending.claim.mayHaveDuties ?? true, ending.mode);
  }

  /** Ends a queued execution that gets no further attempt. @returns false when this process no longer holds it. */
  refuse(claim: Claim, attemptsMade: number, failure: CallFailure): Promise<boolean> {
    return this.endings.append(refusedEntry(claim, attemptsMade, failure), true, 'async');
  }

  /**
   * Holds what a further attempt may cost against the budgets.
   * @param isLastFree releases the hold of the previous attempt, whose end is not recorded yet but which cost nothing.
   * @throws BudgetExceededError `BUDGET_EXCEEDED`
   */
  holdAgain(claim: Claim, attempt: number, bound: ChargeBound, isLastFree: boolean): Promise<BegunExecution> {
    const freeAttempt = isLastFree ? attempt - 1 : null;
    return holdAgain(this.scope, claim, {
      attempt,
      freeAttempt,
      bound,
      holdMs: this.config.env.BUDGET_HOLD_MS,
    });
  }

  /** Extends the leases. @returns the claims that this process no longer holds. */
  renew(claims: readonly Claim[]): Promise<Claim[]> {
    return renewLeases(this.scope, claims, this.config.env.LEASE_MS);
  }

  /** Releases an execution that was claimed but not called, to be due again after `waitMs`. */
  release(claim: Claim, waitMs: number): Promise<void> {
    return releaseClaim(this.scope, claim, waitMs);
  }

  /** @returns whether it was waiting and is now canceled. */
  async cancel(projectId: string, executionId: string): Promise<boolean> {
    const [row] = await this.scope.statement<{ canceled: boolean }>(projectId, {
      name: 'cancel',
      text: 'SELECT ledger_cancel($1, $2) AS canceled',
      values: [projectId, executionId],
    });
    const isCanceled = row?.canceled === true;
    if (isCanceled) this.metrics.executions.executionEnded(null, 'async', 'canceled');
    return isCanceled;
  }

  /** Ends or requeues executions whose lease lapsed without a report. */
  async sweepLapsed(): Promise<SweptExecution[]> {
    // After a restart of the database, live processes get time for two renewals.
    const settleMs = Math.ceil((this.config.env.LEASE_MS * 2) / 3);
    const swept = await sweepLapsed(this.connections, { most: MAX_SWEPT, maxLapses: MAX_LAPSES, settleMs });
    for (const { status } of swept) {
      this.metrics.work.sweptAs[status].value += 1;
      if (status === 'failed') this.metrics.executions.executionEnded(null, 'unknown', status);
    }
    return swept;
  }

  /** Counts the call when it ends rather than when that is recorded, because it was paid for whoever holds the execution now. */
  private countAttempt(model: CalledModel, entry: EndEntry): void {
    const { cost_pico_usd: cost } = entry;
    this.metrics.executions.attemptEnded(model, {
      outcome: entry.error_type ?? 'succeeded',
      latencyMs: entry.latency_ms,
      firstTokenMs: entry.first_token_ms,
      promptTokens: entry.prompt_tokens,
      responseTokens: entry.response_tokens,
      costUsd: cost == null ? null : Number(cost) / PICO,
    });
  }

  /** Counts the waiting executions of all projects, and measures how long the oldest has been due. */
  countAllQueued(): Promise<QueueFigures> {
    return countAllQueued(this.connections, SLICE_SIZE);
  }

  /** Counts the waiting executions of a project in a slice of its queue. */
  countQueued(projectId: string, slice: QueueSlice): Promise<SliceCount> {
    return countQueued(this.connections, projectId, slice);
  }
}
