import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AttemptStatus, ExecutionErrorType } from '../../../entities/index.js';

/** The prompt and version under examination. */
export interface LookedAt {
  readonly projectId: string;
  readonly promptId: string;
  readonly versionId: string;
}

/** A finished execution without its content. */
export interface SampledExecution {
  readonly executionId: string;
  readonly status: 'succeeded' | 'failed';
  readonly outputValid: boolean | null;
  readonly errorType: ExecutionErrorType | null;
  readonly promptTokens: number | null;
  readonly responseTokens: number | null;
  readonly cachedPromptTokens: number | null;
  readonly maxNewTokens: number | null;
  readonly cacheHit: boolean;
  readonly attemptsMade: number;
  /** The model that should have been called first, such as `openai/gpt-4o`, if another one was called last; otherwise null. */
  readonly passedOver: string | null;
}

export interface SampledAttempt {
  readonly executionId: string;
  readonly status: AttemptStatus;
  readonly model: string;
  readonly errorType: ExecutionErrorType | null;
}

export interface SampledInput {
  readonly executionId: string;
  /** The total size of the variables. */
  readonly bytes: number;
  /** Paths of the masked values. */
  readonly masked: readonly string[] | null;
  readonly names: readonly string[] | null;
  /** JSON text; null for a value that is too long to compare. */
  readonly values: readonly (string | null)[] | null;
}

/** The newest executions of the prompt that are examined, whichever version they ran. */
export const MOST_EXECUTIONS = 5000;
/** For a prompt with more environments, only the first by name are examined. */
const MOST_ENVIRONMENTS = 8;
const MOST_VARIABLES = 50;
const LONGEST_VALUE_BYTES = 200;

/**
 * Reads the newest executions of a prompt, and keeps those of one version. There is deliberately no index by version, because every
 * execution would pay for it. So the query walks the index by prompt as lists do, one environment and status after the other, each a
 * limited range in id order. It costs the same for a prompt with a thousand executions as with a million.
 */
const SAMPLE = `WITH RECURSIVE environments AS (
    SELECT (SELECT e.environment FROM executions e WHERE e.project_id = $1 AND e.prompt_id = $2 ORDER BY e.environment LIMIT 1) AS environment
    UNION ALL
    SELECT (SELECT e.environment FROM executions e WHERE e.project_id = $1 AND e.prompt_id = $2 AND e.environment > g.environment
      ORDER BY e.environment LIMIT 1)
    FROM environments g WHERE g.environment IS NOT NULL
  ), ranges AS MATERIALIZED (
    SELECT environment FROM environments WHERE environment IS NOT NULL LIMIT ${MOST_ENVIRONMENTS}
  ), newest AS MATERIALIZED (
    SELECT found.* FROM ranges g CROSS JOIN (VALUES ('succeeded'), ('failed')) AS s(status) CROSS JOIN LATERAL (
      SELECT e.execution_id, e.version_id, e.status, e.output_valid, e.error_type, e.prompt_tokens, e.response_tokens,
        e.cached_prompt_tokens, e.max_new_tokens, e.cache_hit, e.attempts_made, e.targets, e.model_id
      FROM executions e
      WHERE e.project_id = $1 AND e.prompt_id = $2 AND e.environment = g.environment AND e.status = s.status
        AND e.execution_id >= ledger_uuid7_floor(now() - interval '30 days')
      ORDER BY e.execution_id DESC NULLS LAST LIMIT ${MOST_EXECUTIONS}) AS found
    ORDER BY found.execution_id DESC LIMIT ${MOST_EXECUTIONS}
  )
  SELECT n.execution_id AS "executionId", n.status, n.output_valid AS "outputValid", n.error_type AS "errorType",
    n.prompt_tokens AS "promptTokens", n.response_tokens AS "responseTokens", n.cached_prompt_tokens AS "cachedPromptTokens",
    n.max_new_tokens AS "maxNewTokens", n.cache_hit AS "cacheHit", n.attempts_made AS "attemptsMade",
    CASE WHEN json_array_length(n.targets) > 1 AND first.name IS DISTINCT FROM m.provider || '/' || m.model_name THEN first.name END
      AS "passedOver"
  FROM newest n
  CROSS JOIN LATERAL (SELECT (n.targets -> 0 ->> 'provider') || '/' || (n.targets -> 0 ->> 'model_name') AS name) AS first
  LEFT JOIN models m ON m.project_id = $1 AND m.model_id = n.model_id
  WHERE n.version_id = $3 ORDER BY n.execution_id DESC`;

/** Counts whole days: one lookup by the rollups' key per day, plus executions not yet folded. */
const COUNT = `SELECT coalesce(sum(counted.executions), 0)::float8 AS executions FROM (
    SELECT r.executions FROM generate_series(0, 30) AS ago(days) CROSS JOIN LATERAL (
      SELECT r.executions FROM execution_rollups r
      WHERE r.project_id = $1 AND r.grain = 'day' AND r.period = date_trunc('day', now(), 'UTC') - ago.days * interval '1 day'
        AND r.prompt_id = $2 AND r.version_id = $3 AND r.status IN ('succeeded', 'failed') OFFSET 0) AS r
    UNION ALL
    SELECT d.executions FROM execution_deltas d
    WHERE d.project_id = $1 AND d.prompt_id = $2 AND d.version_id = $3 AND d.status IN ('succeeded', 'failed')
      AND d.hour >= now() - interval '30 days'
  ) AS counted`;

const NOT_PASSED = `SELECT n.id FROM unnest($2::uuid[]) AS n(id)
  WHERE EXISTS (SELECT FROM scores s WHERE s.project_id = $1 AND s.execution_id = n.id AND NOT s.passed)`;

const POINTERS = `SELECT n.id AS "executionId", o.pointer FROM unnest($2::uuid[]) AS n(id) CROSS JOIN LATERAL (
    SELECT o.output_check ->> 'pointer' AS pointer FROM execution_outputs o
    WHERE o.project_id = $1 AND o.execution_id = n.id AND NOT o.late ORDER BY o.attempt DESC LIMIT 1) AS o
  WHERE o.pointer IS NOT NULL`;

const ATTEMPTS = `SELECT a.* FROM unnest($2::uuid[]) AS n(id) CROSS JOIN LATERAL (
    SELECT a.execution_id AS "executionId", a.status, a.provider || '/' || a.model_name AS model, a.error_type AS "errorType", a.attempt
    FROM execution_attempts a WHERE a.project_id = $1 AND a.execution_id = n.id AND NOT a.late ORDER BY a.attempt OFFSET 0) AS a
  ORDER BY a."executionId" DESC, a.attempt`;

const INPUTS = `SELECT i.execution_id AS "executionId", octet_length(i.variables_json::text) AS bytes, i.masked, v.names, v.values
  FROM unnest($2::uuid[]) AS n(id) CROSS JOIN LATERAL (
    SELECT i.* FROM execution_inputs i WHERE i.project_id = $1 AND i.execution_id = n.id OFFSET 0) AS i CROSS JOIN LATERAL (
    SELECT array_agg(m.key) AS names,
      array_agg(CASE WHEN octet_length(m.value::text) <= ${LONGEST_VALUE_BYTES} THEN m.value::text END) AS values
    FROM (SELECT * FROM json_each(i.variables_json) LIMIT ${MOST_VARIABLES}) AS m) AS v`;

const EXPERIMENTS = `SELECT e.experiment_id AS id FROM (
    SELECT e.experiment_id, e.status, e.item_count, e.plan FROM experiments e
    WHERE e.project_id = $1 AND e.experiment_id >= ledger_uuid7_floor(now() - interval '30 days')
    ORDER BY e.experiment_id DESC LIMIT 200) AS e
  WHERE e.status = 'completed' AND e.item_count BETWEEN 1 AND 10000 AND (
    SELECT count(*) FROM json_array_elements(e.plan -> 'candidates') AS c(candidate) WHERE c.candidate ->> 'version_id' = $2) > 1
  ORDER BY e.experiment_id DESC LIMIT 3`;

/** Collects facts about the executions of a version, in bounded time. */
@Injectable()
export class FactsRepository {
  /** Lists the newest first: those of the version among the newest {@link MOST_EXECUTIONS} of the prompt. */
  async listNewest(
    tx: EntityManager,
    { projectId, promptId, versionId }: LookedAt,
  ): Promise<SampledExecution[]> {
    return tx.query<SampledExecution[]>(SAMPLE, [projectId, promptId, versionId]);
  }

  /** Counts finished executions of the last 30 days, including the whole first day. */
  async count(tx: EntityManager, { projectId, promptId, versionId }: LookedAt): Promise<number> {
    const [row] = await tx.query<{ executions: number }[]>(COUNT, [projectId, promptId, versionId]);
    return row?.executions ?? 0;
  }

  /** Returns the executions that a scorer or a person failed. */
  async listNotPassed(tx: EntityManager, projectId: string, ids: readonly string[]): Promise<string[]> {
    return (await tx.query<{ id: string }[]>(NOT_PASSED, [projectId, ids])).map(({ id }) => id);
  }

  /** Lists where answers violate their schema. */
  async listPointers(
    tx: EntityManager,
    projectId: string,
    ids: readonly string[],
  ): Promise<{ readonly executionId: string; readonly pointer: string }[]> {
    return tx.query(POINTERS, [projectId, ids]);
  }

  /** Lists the attempts of each execution in order. */
  async listAttempts(
    tx: EntityManager,
    projectId: string,
    ids: readonly string[],
  ): Promise<SampledAttempt[]> {
    return tx.query<SampledAttempt[]>(ATTEMPTS, [projectId, ids]);
  }

  async listInputs(tx: EntityManager, projectId: string, ids: readonly string[]): Promise<SampledInput[]> {
    return tx.query<SampledInput[]>(INPUTS, [projectId, ids]);
  }

  /** Lists completed experiments that run the version more than once, with several models or parameters. Newest first. */
  async listExperiments(tx: EntityManager, projectId: string, versionId: string): Promise<string[]> {
    return (await tx.query<{ id: string }[]>(EXPERIMENTS, [projectId, versionId])).map(({ id }) => id);
  }
}
