import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Counts of a candidate's cells by state, with their cost and latency. */
export interface CandidateFigures {
  readonly candidate: number;
  readonly open: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  /** Whole pico-dollars as text; null when the cost of one cell is unknown. */
  readonly costPicoUsd: string | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** The number of a candidate's fully scored items by one scorer, grouped by how many of their repetitions pass. */
export interface PassGroup {
  readonly candidate: number;
  readonly scorer: number;
  readonly passes: number;
  readonly items: number;
  readonly sumOfMeans: number;
}

export interface ScorerErrors {
  readonly candidate: number;
  readonly scorer: number;
  readonly errors: number;
}

/** A scorer's value for one item of a candidate. */
export interface ScoredItem {
  readonly item: number;
  readonly externalId: string | null;
  readonly itemHash: string;
  /** Repetitions that have a score. */
  readonly scored: number;
  /** Repetitions with an error, which have no answer or no score. */
  readonly errors: number;
  readonly passes: number;
  /** The mean of the repetitions with a score; null without any. */
  readonly mean: number | null;
  /** Whether all values of the item are 0 or 1. */
  readonly isBinary: boolean;
}

const CANDIDATES = `SELECT c.candidate, count(*) FILTER (WHERE c.status = 'open')::integer AS open,
    count(*) FILTER (WHERE c.status = 'succeeded')::integer AS succeeded,
    count(*) FILTER (WHERE c.status = 'failed')::integer AS failed,
    count(*) FILTER (WHERE c.status = 'canceled')::integer AS canceled,
    CASE WHEN count(*) FILTER (WHERE c.status = 'succeeded' AND c.cost_pico_usd IS NULL) = 0
      THEN coalesce(sum(c.cost_pico_usd), 0)::text END AS "costPicoUsd",
    percentile_cont(0.5) WITHIN GROUP (ORDER BY c.latency_ms) FILTER (WHERE c.status = 'succeeded') AS "p50Ms",
    percentile_cont(0.95) WITHIN GROUP (ORDER BY c.latency_ms) FILTER (WHERE c.status = 'succeeded') AS "p95Ms"
  FROM experiment_cells c
  WHERE c.project_id = $1 AND c.experiment_id = $2
  GROUP BY c.candidate`;

const PASS_GROUPS = `SELECT candidate, scorer, passes, count(*)::integer AS items, sum(mean)::float8 AS "sumOfMeans" FROM (
    SELECT s.candidate, s.scorer, s.item, count(*) FILTER (WHERE s.passed)::integer AS passes, avg(s.value) AS mean
    FROM experiment_scores s
    WHERE s.project_id = $1 AND s.experiment_id = $2
    GROUP BY s.item, s.candidate, s.scorer
    HAVING count(*) FILTER (WHERE s.error_code IS NULL) = $3) AS scored
  GROUP BY candidate, scorer, passes`;

const SCORER_ERRORS = `SELECT s.candidate, s.scorer, count(*)::integer AS errors FROM experiment_scores s
  WHERE s.project_id = $1 AND s.experiment_id = $2 AND s.error_code IS NOT NULL
  GROUP BY s.candidate, s.scorer`;

const SCORED_ITEMS = `SELECT i.item, i.external_id AS "externalId", encode(i.item_hash, 'hex') AS "itemHash",
    count(s.value)::integer AS scored,
    count(*) FILTER (WHERE c.status = 'failed' OR s.error_code IS NOT NULL)::integer AS errors,
    count(*) FILTER (WHERE s.passed)::integer AS passes, avg(s.value) AS mean,
    coalesce(bool_and(s.value IN (0, 1)), true) AS "isBinary"
  FROM experiment_items i
  JOIN experiment_cells c ON c.project_id = i.project_id AND c.experiment_id = i.experiment_id AND c.item = i.item
  LEFT JOIN experiment_scores s ON s.project_id = c.project_id AND s.experiment_id = c.experiment_id AND s.item = c.item
    AND s.candidate = c.candidate AND s.repetition = c.repetition AND s.scorer = $4
  WHERE i.project_id = $1 AND i.experiment_id = $2 AND c.candidate = $3
  GROUP BY i.item, i.external_id, i.item_hash
  ORDER BY i.item`;

const EXECUTIONS_OF_ITEMS = `SELECT item, array_agg(execution_id::text ORDER BY repetition) AS "executionIds" FROM experiment_cells
  WHERE project_id = $1 AND experiment_id = $2 AND candidate = $3::smallint AND item = ANY ($4::integer[]) AND execution_id IS NOT NULL
  GROUP BY item`;

/** Figures of experiments, counted from their cells. */
@Injectable()
export class ResultsRepository {
  /** Lists the executions of one candidate for these items, in the order of the repetitions. */
  async listExecutionsOfItems(
    tx: EntityManager,
    projectId: string,
    experimentId: string,
    { candidate, items }: { readonly candidate: number; readonly items: readonly number[] },
  ): Promise<ReadonlyMap<number, string[]>> {
    if (items.length === 0) return new Map();
    const rows = await tx.query<{ item: number; executionIds: string[] }[]>(EXECUTIONS_OF_ITEMS, [
      projectId,
      experimentId,
      candidate,
      items,
    ]);
    return new Map(rows.map(({ item, executionIds }) => [item, executionIds]));
  }

  async listCandidates(
    tx: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<CandidateFigures[]> {
    return tx.query<CandidateFigures[]>(CANDIDATES, [projectId, experimentId]);
  }

  async listPassGroups(
    tx: EntityManager,
    projectId: string,
    experimentId: string,
    repetitions: number,
  ): Promise<PassGroup[]> {
    return tx.query<PassGroup[]>(PASS_GROUPS, [projectId, experimentId, repetitions]);
  }

  async listScorerErrors(
    tx: EntityManager,
    projectId: string,
    experimentId: string,
  ): Promise<ScorerErrors[]> {
    return tx.query<ScorerErrors[]>(SCORER_ERRORS, [projectId, experimentId]);
  }

  /** Lists items in order, without those that were not started. */
  async listScoredItems(
    tx: EntityManager,
    projectId: string,
    experimentId: string,
    { candidate, scorer }: { readonly candidate: number; readonly scorer: number },
  ): Promise<ScoredItem[]> {
    return tx.query<ScoredItem[]>(SCORED_ITEMS, [projectId, experimentId, candidate, scorer]);
  }
}
