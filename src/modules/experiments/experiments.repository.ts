import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExperimentEntity, ExperimentStatus } from '../../entities/index.js';
import type { ExperimentPlan } from './experiment-plan.js';

export interface ExperimentRecord extends Omit<
  ExperimentEntity,
  'projectId' | 'plan' | 'caller' | 'leaseUntil' | 'fence' | 'afterPosition'
> {
  readonly plan: ExperimentPlan;
}

export interface NewExperiment {
  readonly projectId: string;
  readonly name: string;
  readonly dataset: {
    readonly datasetId: string;
    readonly name: string;
    readonly version: string;
    readonly itemCount: number;
  };
  readonly cellCount: number;
  readonly plan: ExperimentPlan;
  readonly expectedCostPicoUsd: bigint | null;
  readonly maxCostPicoUsd: bigint | null;
  /** The caller whose limits its executions count against. */
  readonly caller: object;
  readonly createdBy: string;
}

const READ = `SELECT e.experiment_id AS "experimentId", e.name, e.status, e.dataset_id AS "datasetId", e.dataset_name AS "datasetName",
    e.dataset_version AS "datasetVersion", e.item_count AS "itemCount", e.cell_count AS "cellCount", e.plan,
    e.expected_cost_pico_usd AS "expectedCostPicoUsd", e.max_cost_pico_usd AS "maxCostPicoUsd", e.created_by AS "createdBy",
    e.created_at AS "createdAt", e.started_at AS "startedAt", e.completed_at AS "completedAt", e.error_code AS "errorCode",
    e.error_message AS "errorMessage", e.next_item AS "nextItem"
  FROM experiments e
  WHERE e.project_id = $1`;

const INSERT = `INSERT INTO experiments (project_id, name, dataset_id, dataset_name, dataset_version, item_count, cell_count, plan,
    expected_cost_pico_usd, max_cost_pico_usd, caller, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  RETURNING experiment_id AS "experimentId"`;

const INSERT_BUDGET = `INSERT INTO budgets (project_id, name, scope_kind, scope_value, period, limit_pico_usd, mode, created_by)
  VALUES ($1, $2, 'experiment', $3, 'total', $4, 'hard', $5)`;

/** Includes further attempts and judgements, because all of them have the experiment as their batch. */
const COST = `SELECT sum(e.cost_pico_usd)::text AS "costPicoUsd", 
    count(*) FILTER (WHERE e.status = 'succeeded' AND e.cost_pico_usd IS NULL)::integer AS unknown
  FROM executions e
  WHERE e.project_id = $1 AND e.batch_id = $2 AND e.execution_id >= ledger_uuid7_floor($3::timestamptz - interval '1 minute')`;

const NEWEST_VERSION = `SELECT p.prompt_id AS "promptId", max(v.version_number) AS "versionNumber"
  FROM prompts p LEFT JOIN prompt_versions v ON v.project_id = p.project_id AND v.prompt_id = p.prompt_id
  WHERE p.project_id = $1 AND p.name = $2 AND p.deleted_at IS NULL
  GROUP BY p.prompt_id`;

/** Stores experiments: how they were requested, and how they ended. */
@Injectable()
export class ExperimentsRepository {
  /** Inserts an experiment, with a budget if it has a limit. @returns its id. */
  async insert(tx: EntityManager, experiment: NewExperiment): Promise<string> {
    const { projectId, name, dataset, plan, expectedCostPicoUsd, maxCostPicoUsd, createdBy } = experiment;
    const [row] = await tx.query<{ experimentId: string }[]>(INSERT, [
      projectId,
      name,
      dataset.datasetId,
      dataset.name,
      dataset.version,
      dataset.itemCount,
      experiment.cellCount,
      JSON.stringify(plan),
      expectedCostPicoUsd?.toString() ?? null,
      maxCostPicoUsd?.toString() ?? null,
      JSON.stringify(experiment.caller),
      createdBy,
    ]);
    const { experimentId } = row as { experimentId: string };
    if (maxCostPicoUsd !== null) {
      const budget = [projectId, `experiment ${name}`, experimentId, maxCostPicoUsd.toString(), createdBy];
      await tx.query(INSERT_BUDGET, budget);
    }
    return experimentId;
  }

  async find(tx: EntityManager, projectId: string, experimentId: string): Promise<ExperimentRecord | null> {
    const rows = await tx.query<ExperimentRecord[]>(`${READ} AND e.experiment_id = $2`, [
      projectId,
      experimentId,
    ]);
    return rows[0] ?? null;
  }

  /** Lists experiments, newest first. */
  async list(
    tx: EntityManager,
    projectId: string,
    filter: {
      readonly status: ExperimentStatus | undefined;
      readonly beforeId: string | undefined;
      readonly limit: number;
    },
  ): Promise<ExperimentRecord[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    let text = READ;
    if (filter.status !== undefined) text += ` AND e.status = ${bind(filter.status)}`;
    if (filter.beforeId !== undefined) text += ` AND e.experiment_id < ${bind(filter.beforeId)}::uuid`;
    return tx.query<ExperimentRecord[]>(
      `${text} ORDER BY e.experiment_id DESC LIMIT ${bind(filter.limit)}`,
      values,
    );
  }

  /** Sums the cost of the experiment's final executions; null when the cost of a successful one is unknown. */
  async sumCost(
    tx: EntityManager,
    projectId: string,
    { experimentId, createdAt }: Pick<ExperimentRecord, 'experimentId' | 'createdAt'>,
  ): Promise<bigint | null> {
    const [row] = await tx.query<{ costPicoUsd: string | null; unknown: number }[]>(COST, [
      projectId,
      experimentId,
      createdAt,
    ]);
    return row === undefined || row.unknown > 0 ? null : BigInt(row.costPicoUsd ?? '0');
  }

  /** @returns null if there is no such prompt; `versionNumber` is null for a prompt without versions. */
  async findNewestVersion(
    tx: EntityManager,
    projectId: string,
    promptName: string,
  ): Promise<{ readonly versionNumber: number | null } | null> {
    const rows = await tx.query<{ versionNumber: number | null }[]>(NEWEST_VERSION, [projectId, promptName]);
    return rows[0] ?? null;
  }

  /**
   * Ends an unfinished experiment with its open cells. Its waiting executions are canceled; running ones continue.
   * @returns the status that it had; null if there is no such experiment.
   */
  async cancel(tx: EntityManager, projectId: string, experimentId: string): Promise<ExperimentStatus | null> {
    const [found] = await tx.query<{ status: ExperimentStatus }[]>(
      'SELECT status FROM experiments WHERE project_id = $1 AND experiment_id = $2 FOR UPDATE',
      [projectId, experimentId],
    );
    if (found === undefined) return null;
    if (found.status !== 'queued' && found.status !== 'running') return found.status;
    await tx.query(
      `UPDATE experiments SET status = 'canceled', completed_at = now(), lease_until = NULL, fence = fence + 1
       WHERE project_id = $1 AND experiment_id = $2`,
      [projectId, experimentId],
    );
    await tx.query(
      `UPDATE experiment_cells SET status = 'canceled', completed_at = now()
       WHERE project_id = $1 AND experiment_id = $2 AND status = 'open'`,
      [projectId, experimentId],
    );
    await tx.query('SELECT ledger_cancel_batch($1, $2)', [projectId, experimentId]);
    return found.status;
  }
}
