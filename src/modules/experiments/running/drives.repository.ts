import { Injectable } from '@nestjs/common';
import type { ExperimentStatus } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import type { DatasetItem } from '../../datasets/index.js';
import type { ExperimentPlan } from '../experiment-plan.js';
import type { StoredCaller } from './stored-caller.js';

/** The right to drive an experiment while its lease is renewed and no newer fence exists. */
export interface Drive {
  readonly projectId: string;
  readonly experimentId: string;
  readonly fence: number;
}

/** The facts about an experiment that a drive needs. */
export interface DrivenExperiment {
  readonly plan: ExperimentPlan;
  readonly datasetId: string;
  readonly datasetVersion: string;
  readonly itemCount: number;
  readonly nextItem: number;
  /** The position of the last opened item, after which the next ones follow; null at the beginning. */
  readonly afterPosition: number | null;
  readonly caller: StoredCaller;
}

/** An opened item with its position in the dataset. */
export interface OpenedItem {
  readonly item: number;
  readonly position: number;
}

export interface OpenCell {
  readonly item: number;
  readonly candidate: number;
  readonly repetition: number;
  /** Null until the execution is known. */
  readonly executionId: string | null;
}

const CLAIM = `SELECT project_id AS "projectId", experiment_id AS "experimentId", fence FROM ledger_claim_experiments($1, $2)`;

/** The lease belongs to the holder of this fence. */
const HELD = `e.project_id = $1 AND e.experiment_id = $2 AND e.fence = $3 AND e.status = 'running'`;

const RENEW = `UPDATE experiments e SET lease_until = now() + make_interval(secs => $4 / 1000.0) WHERE ${HELD} RETURNING e.fence`;

const RELEASE = `UPDATE experiments e SET lease_until = NULL WHERE ${HELD}`;

const LOAD = `SELECT e.plan, e.dataset_id AS "datasetId", e.dataset_version AS "datasetVersion", e.item_count AS "itemCount",
    e.next_item AS "nextItem", e.after_position::float8 AS "afterPosition", e.caller
  FROM experiments e WHERE ${HELD}`;

const FIND_REFUSED = `SELECT e.error_message AS message FROM executions e
  WHERE e.project_id = $1 AND e.batch_id = $2 AND e.error_type = 'budget_exceeded' ORDER BY e.execution_id LIMIT 1`;

const LIST_OPEN = `SELECT c.item, c.candidate, c.repetition, c.execution_id AS "executionId" FROM experiment_cells c
  WHERE c.project_id = $1 AND c.experiment_id = $2 AND c.status = 'open'
  ORDER BY c.item, c.repetition, c.candidate`;

const LIST_POSITIONS = `SELECT i.item, i.position::float8 AS position FROM experiment_items i
  WHERE i.project_id = $1 AND i.experiment_id = $2 AND i.item = ANY ($3::integer[])`;

/** Opens items with all their cells and moves the position in one statement, so that all of it happens or none. */
const OPEN_ITEMS = `WITH held AS (
    UPDATE experiments e SET next_item = $4 + $5, after_position = $6
    WHERE ${HELD} AND e.next_item = $4 RETURNING e.project_id, e.experiment_id
  ), opened AS (
    INSERT INTO experiment_items (project_id, experiment_id, item, position, item_hash, external_id)
    SELECT h.project_id, h.experiment_id, i.item, i.position, decode(i.item_hash, 'hex'), i.external_id
    FROM held h CROSS JOIN json_to_recordset($7::json) AS i(item integer, position bigint, item_hash text, external_id text)
    RETURNING project_id, experiment_id, item
  ), cells AS (
    INSERT INTO experiment_cells (project_id, experiment_id, item, candidate, repetition)
    SELECT o.project_id, o.experiment_id, o.item, c.candidate, r.repetition
    FROM opened o, generate_series(0, $8 - 1) AS c(candidate), generate_series(0, $9 - 1) AS r(repetition)
    RETURNING 1
  )
  SELECT count(*)::integer AS opened FROM cells`;

const END = `UPDATE experiments e SET status = $4, error_code = $5, error_message = $6, completed_at = now(), lease_until = NULL
  WHERE ${HELD}`;

const GIVE_UP_OPEN = `UPDATE experiment_cells c SET status = 'canceled', completed_at = now()
  WHERE c.project_id = $1 AND c.experiment_id = $2 AND c.status = 'open'
    AND EXISTS (SELECT FROM experiments e WHERE ${HELD})`;

/** Stores the lease and progress of experiments. Every statement names the fence, so a process that lost the lease changes nothing. */
@Injectable()
export class DrivesRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Leases experiments that no process drives. */
  claim(most: number, leaseMs: number): Promise<Drive[]> {
    return this.scope.system<Drive & Record<string, unknown>>(CLAIM, [most, leaseMs]);
  }

  /** Closes the budgets of experiments that are over. */
  async closeBudgets(most: number): Promise<void> {
    await this.scope.system('SELECT ledger_close_experiment_budgets($1)', [most]);
  }

  /** @returns false when another process holds the experiment, or it is over. */
  async renew(drive: Drive, leaseMs: number): Promise<boolean> {
    const rows = await this.run<{ fence: number }>(drive, RENEW, [leaseMs]);
    return rows.length > 0;
  }

  /** Releases the experiment, so that another process can continue at once. */
  async release(drive: Drive): Promise<void> {
    await this.run(drive, RELEASE);
  }

  /** @returns null when another process holds the experiment, or it is over. */
  async load(drive: Drive): Promise<DrivenExperiment | null> {
    const [found] = await this.run<DrivenExperiment & Record<string, unknown>>(drive, LOAD);
    return found ?? null;
  }

  /** Lists cells that were opened and have not ended. */
  listOpen({ projectId, experimentId }: Drive): Promise<OpenCell[]> {
    return this.scope.statement<OpenCell & Record<string, unknown>>(projectId, {
      text: LIST_OPEN,
      values: [projectId, experimentId],
    });
  }

  listPositions({ projectId, experimentId }: Drive, items: readonly number[]): Promise<OpenedItem[]> {
    return this.scope.statement<OpenedItem & Record<string, unknown>>(projectId, {
      text: LIST_POSITIONS,
      values: [projectId, experimentId, items],
    });
  }

  /**
   * Opens items in order.
   * @param from the number of the first item.
   * @returns whether they were opened; false when the lease is lost.
   */
  async openItems(
    drive: Drive,
    plan: Pick<ExperimentPlan, 'candidates' | 'repetitions'>,
    from: number,
    items: readonly Pick<DatasetItem, 'position' | 'itemHash' | 'externalId'>[],
  ): Promise<boolean> {
    const entries = items.map(({ position, itemHash, externalId }, at) => ({
      item: from + at,
      position,
      item_hash: itemHash,
      external_id: externalId,
    }));
    const [row] = await this.run<{ opened: number }>(drive, OPEN_ITEMS, [
      from,
      items.length,
      items.at(-1)?.position ?? null,
      JSON.stringify(entries),
      plan.candidates.length,
      plan.repetitions,
    ]);
    return (row?.opened ?? 0) > 0;
  }

  /** Finds why a budget refused a further attempt of a call, which left a cell without a result; null when none did. */
  async findRefusedAttempt({ projectId, experimentId }: Drive): Promise<string | null> {
    const statement = { text: FIND_REFUSED, values: [projectId, experimentId] };
    const [row] = await this.scope.statement<{ message: string }>(projectId, statement);
    return row?.message ?? null;
  }

  /** Ends the experiment, and unless it completed, cancels the cells that are still open. */
  async end(
    drive: Drive,
    status: Exclude<ExperimentStatus, 'queued' | 'running' | 'canceled'>,
    error: { readonly code: string; readonly message: string } | null,
  ): Promise<void> {
    if (status !== 'completed') await this.run(drive, GIVE_UP_OPEN);
    await this.run(drive, END, [status, error?.code ?? null, error?.message ?? null]);
  }

  private run<Row extends Record<string, unknown>>(
    { projectId, experimentId, fence }: Drive,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    return this.scope.statement<Row>(projectId, {
      text,
      values: [projectId, experimentId, fence, ...values],
    });
  }
}
