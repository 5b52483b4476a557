import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../infra/config/index.js';
import { Journal, TenantScope } from '../../infra/database/index.js';
import type { AllowedModel, PriceRecord } from '../models/index.js';
import { heldOf, type InsertedExecution, refusalOf, type VerdictRow } from './budget-verdict.js';
import type { ChargeBound } from './charge-bound.js';
import type { Claim, ClaimedExecution, SweptExecution } from './claim.js';
import { claimedOf, type ClaimedRow } from './claimed-row.js';
import { type Beginning, boundFields, type FinishRow, finishRow, type Next } from './execution-rows.js';
import { ExecutionInsertions, type Inserted } from './execution-insertions.js';
import * as sql from './executions.sql.js';
import type { CallOutcome } from './provider-caller.js';

/** Of an execution there may be several in one batch, each with a fence of its own. */
interface Owned {
  readonly execution_id: string;
  readonly fence: number;
}

/** The key that asked for an execution, with the token limit of its own. */
export interface Dispatched {
  readonly keyId: string | null;
  readonly tokensPerMinute: number | null;
}

interface DispatchedRow extends Owned {
  readonly key_id: string | null;
  readonly tokens_per_minute: number | null;
}

interface DispatchRow extends Owned {
  readonly project_id: string;
}

const LANES = 2;
/** A client waits: a restart of the database is bridged, an outage is told. */
const BEGIN_PATIENCE_MS = 10_000;
/** A connection that is silent for so long is given up, and the batch written again over another. */
const ANSWER_TIMEOUT_MS = 4000;
/** Whoever worked on an execution was lost so often: it kills its workers. */
const MAX_LAPSES = 10;
const MAX_SWEPT = 100;

/**
 * Every change of an execution. Each statement names the status and the fence it comes from, so whoever has lost the
 * execution changes nothing. What many requests write at once goes through journals: one statement and one commit for all.
 */
@Injectable()
export class ExecutionsRepository {
  private readonly insertions: ExecutionInsertions;
  private readonly dispatches: Journal<DispatchRow, Dispatched | null>;
  private readonly finishes: Journal<FinishRow, boolean>;

  constructor(
    private readonly scope: TenantScope,
    private readonly config: AppConfig,
  ) {
    const { JOURNAL_MAX_ROWS: maxRows, LEASE_MS: leaseMs } = config.env;
    const common = { maxRows, lanes: LANES };
    const keyOf = ({ execution_id: id }: { readonly execution_id: string }) => id;
    this.insertions = new ExecutionInsertions(config, this.write.bind(this), {
      ...common,
      patienceMs: BEGIN_PATIENCE_MS,
    });
    this.dispatches = new Journal<DispatchRow, Dispatched | null>({
      ...common,
      keyOf,
      patienceMs: BEGIN_PATIENCE_MS,
      write: (rows) => this.writeDispatches(rows),
    });
    this.finishes = new Journal<FinishRow, boolean>({
      ...common,
      keyOf,
      // As long as the outcome is of use: then the lease has lapsed, and a sweep decides.
      patienceMs: leaseMs,
      write: (rows, isRepeated) => this.writeFinishes(rows, isRepeated),
    });
  }

  /**
   * Durable when it resolves.
   * @throws BudgetExceededError `BUDGET_EXCEEDED`; then nothing was written.
   * @throws DatabaseUnavailableError `DATABASE_UNAVAILABLE` when it cannot be known whether it was written.
   */
  insert(beginning: Beginning): Promise<Inserted> {
    return this.insertions.append(beginning);
  }

  /**
   * Takes up to `slots` due executions; nobody else gets them before their lease is over. Projects have equal shares,
   * beginning with the one after `afterProject`; none is taken of those in `passedOver`.
   */
  async claim(
    slots: number,
    from: { readonly idFloor: string; readonly afterProject: string; readonly passedOver: readonly string[] },
  ): Promise<ClaimedExecution[]> {
    const rows = await this.scope.system<ClaimedRow>('SELECT * FROM ledger_claim_due($1, $2, $3, $4, $5)', [
      slots,
      this.config.env.LEASE_MS,
      from.idFloor,
      from.afterProject,
      from.passedOver,
    ]);
    return rows.map(claimedOf);
  }

  /**
   * Writes the attempt that is about to be made: after this the socket may be opened. @returns null when the execution
   * is no longer ours.
   */
  dispatch(
    claimed: ClaimedExecution,
    attempt: number,
    model: AllowedModel = claimed.targets[0],
  ): Promise<Dispatched | null> {
    return this.dispatches.append(
      Object.assign(identityOf(claimed), {
        attempt,
        provider: model.provider,
        model_name: model.modelName,
        model_id: model.modelId,
        lease_ms: this.config.env.LEASE_MS,
      }),
    );
  }

  /**
   * Writes how the attempt ended and what becomes of the execution. @returns false when the execution is no longer
   * ours: then the attempt is `fenced`, keeps the late result, and nothing else changes.
   * @param price what the call is priced by; null when no price is known.
   */
  finish(
    claim: Claim,
    attempt: number,
    outcome: CallOutcome,
    next: Next,
    price: PriceRecord | null = null,
  ): Promise<boolean> {
    return this.finishes.append(finishRow(claim, attempt, outcome, next, price));
  }

  /**
   * Holds of the budgets what a further attempt may cost.
   * @param isLastFree gives back what was held for the attempt before, which is not written yet but cost nothing: else
   *   a budget with room for one call would have none for its second try.
   * @throws BudgetExceededError `BUDGET_EXCEEDED`
   */
  async holdAgain(
    claim: Claim,
    attempt: number,
    bound: ChargeBound,
    isLastFree: boolean,
  ): Promise<InsertedExecution> {
    const row = {
      ...identityOf(claim),
      attempt,
      free_attempt: isLastFree ? attempt - 1 : null,
      ...boundFields(bound),
    };
    const [verdict] = await this.scope.statement<VerdictRow & Record<string, unknown>>(claim.projectId, {
      name: 'hold-again',
      text: sql.HOLD_AGAIN,
      values: [JSON.stringify([row]), this.config.env.BUDGET_HOLD_MS],
      timeoutMs: ANSWER_TIMEOUT_MS,
    });
    if (verdict === undefined) return heldOf(null);
    const refusal = refusalOf(verdict);
    if (refusal !== null) throw refusal;
    return heldOf(verdict);
  }

  /** Prolongs the leases. @returns those that are no longer ours. */
  async renew(claims: readonly Claim[]): Promise<Claim[]> {
    const lost = await this.scope.statement<Owned>(projectsOf(claims.map(identityOf)), {
      name: 'renew',
      text: sql.RENEW,
      values: [JSON.stringify(claims.map(identityOf)), this.config.env.LEASE_MS],
      timeoutMs: ANSWER_TIMEOUT_MS,
    });
    const isLost = ownedOf(claims.map(identityOf), lost);
    return claims.filter((_, index) => isLost[index]);
  }

  /** Gives back what was claimed and not dispatched, due after `waitMs`. */
  async release({ projectId, executionId, fence }: Claim, waitMs: number): Promise<void> {
    const values = [projectId, executionId, fence, Math.ceil(waitMs)];
    await this.scope.statement(projectId, { name: 'release', text: sql.RELEASE, values });
  }

  /** @returns whether it was waiting, and now is canceled. */
  async cancel(projectId: string, executionId: string): Promise<boolean> {
    const statement = { name: 'cancel', text: sql.CANCEL, values: [projectId, executionId] };
    return (await this.scope.statement(projectId, statement)).length > 0;
  }

  /** Ends or queues again what nobody reported on within its lease. */
  async sweepLapsed(): Promise<SweptExecution[]> {
    const rows = await this.scope.system<{
      execution_id: string;
      fence: number;
      status: SweptExecution['status'];
    }>('SELECT * FROM ledger_sweep_lapsed($1, $2, $3)', [
      MAX_SWEPT,
      MAX_LAPSES,
      // After a restart of the database: time for two renewals by those who live.
      Math.ceil((this.config.env.LEASE_MS * 2) / 3),
    ]);
    return rows.map(({ execution_id: executionId, fence, status }) => ({ executionId, fence, status }));
  }

  /** No unfinished execution has a lower id: a claim that starts here touches few partitions. */
  async findUnfinishedFloor(): Promise<string> {
    const [row] = await this.scope.system<{ floor: string }>('SELECT ledger_unfinished_floor() AS floor');
    return (row as { floor: string }).floor;
  }

  /** How many wait, of each project that has some; counted no further than `most`. */
  async countQueued(most: number): Promise<Map<string, number>> {
    const rows = await this.scope.system<{ project_id: string; queued: number }>(
      'SELECT * FROM ledger_queue_depths($1)',
      [most],
    );
    return new Map(rows.map(({ project_id: projectId, queued }) => [projectId, queued]));
  }

  private async writeDispatches(rows: readonly DispatchRow[]): Promise<(Dispatched | null)[]> {
    const owned = await this.write<DispatchedRow>('dispatch', sql.DISPATCH, rows);
    const keys = new Map(
      owned.map((row) => [ownedKey(row), { keyId: row.key_id, tokensPerMinute: row.tokens_per_minute }]),
    );
    return rows.map((row) => keys.get(ownedKey(row)) ?? null);
  }

  private async writeFinishes(rows: readonly FinishRow[], isRepeated: boolean): Promise<boolean[]> {
    const moved = await this.write<Owned>('finish', sql.FINISH, rows);
    const isMoved = ownedOf(rows, moved);
    const rest = isRepeated ? rows.filter((_, index) => !isMoved[index]) : [];
    if (rest.length === 0) return isMoved;
    const before = await this.write<Owned>('find-finished', sql.FIND_FINISHED, rest);
    return ownedOf(rows, [...moved, ...before]);
  }

  private write<Row extends { execution_id: string }>(
    name: string,
    text: string,
    rows: readonly { readonly project_id: string }[],
    further: readonly unknown[] = [],
  ): Promise<Row[]> {
    const values = [JSON.stringify(rows), ...further];
    return this.scope.statement<Row>(projectsOf(rows), { name, text, values, timeoutMs: ANSWER_TIMEOUT_MS });
  }
}

/** Which of the rows are among those that a statement told of. */
function ownedOf(rows: readonly Owned[], told: readonly Owned[]): boolean[] {
  const keys = new Set(told.map(ownedKey));
  return rows.map((row) => keys.has(ownedKey(row)));
}

function ownedKey({ execution_id: id, fence }: Owned): string {
  return `${id} ${fence}`;
}

function identityOf({ projectId, executionId, fence }: Claim): DispatchRow {
  return { project_id: projectId, execution_id: executionId, fence };
}

function projectsOf(rows: readonly { readonly project_id: string }[]): string[] {
  return [...new Set(rows.map(({ project_id: id }) => id))];
}
