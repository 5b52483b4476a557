import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import type { TimeSpan } from '../time-spans.js';

export const FIGURE_GROUPS = [
  'hour',
  'day',
  'prompt',
  'version',
  'model',
  'environment',
  'owner_team',
  'api_key',
] as const;
export type FigureGroup = (typeof FIGURE_GROUPS)[number];

/** Figures of final executions: counts, money in whole pico-dollars as named, times in milliseconds. */
export interface ExecutionFigures {
  readonly executions: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  /** Executions answered from the cache, without a call. */
  readonly cacheHits: number;
  /** Executions whose cost is known. */
  readonly priced: number;
  /** An integer as text. Like the following members, null if nothing is known. */
  readonly costPicoUsd: string | null;
  readonly promptTokens: number | null;
  readonly cachedPromptTokens: number | null;
  readonly responseTokens: number | null;
  /** The 50th, 95th and 99th percentile, in milliseconds. */
  readonly percentiles: readonly number[] | null;
}

export interface GroupFigures extends ExecutionFigures {
  readonly key: string | null;
  /** The name of a key. */
  readonly keyName: string | null;
}

export interface FiguresQuery {
  readonly groupBy: FigureGroup;
  readonly span: TimeSpan;
  readonly promptName: string | undefined;
  readonly versionNumber: number | undefined;
  readonly model: string | undefined;
  readonly environment: string | undefined;
  readonly ownerTeam: string | undefined;
  readonly keyId: string | undefined;
}

/** An id is created within seconds of `created_at`, so it bounds the partitions and rows to read. */
const ID_SLACK_MS = 60_000;
const MAX_GROUPS = 200;

interface Grouping {
  /** The grouping expression for an execution `e`. */
  readonly by: string;
  /** The key of the group in `g.dimension`, as text. */
  readonly key: string;
  readonly join?: string;
  readonly name?: string;
}

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`;
const period = (unit: 'hour' | 'day'): Grouping => ({
  by: `date_trunc('${unit}', e.created_at, 'UTC')`,
  key: `to_char(g.dimension AT TIME ZONE 'UTC', ${ISO})`,
});

/** Prompts with the same name, of which at most one is not deleted, form one group, so executions are grouped by name. */
const GROUPINGS: Readonly<Record<FigureGroup, Grouping>> = {
  hour: period('hour'),
  day: period('day'),
  prompt: {
    by: '(SELECT p.name FROM prompts p WHERE p.project_id = $1 AND p.prompt_id = e.prompt_id)',
    key: 'g.dimension',
  },
  version: {
    by: `(SELECT p.name || '@' || v.version_number FROM prompt_versions v JOIN prompts p ON p.project_id = $1 AND p.prompt_id = v.prompt_id
         WHERE v.project_id = $1 AND v.version_id = e.version_id)`,
    key: 'g.dimension',
  },
  model: {
    by: `(SELECT m.provider || '/' || m.model_name FROM models m WHERE m.project_id = $1 AND m.model_id = e.model_id)`,
    key: 'g.dimension',
  },
  environment: { by: 'e.environment', key: 'g.dimension' },
  owner_team: { by: `nullif(e.owner_team, '')`, key: 'g.dimension' },
  api_key: {
    by: 'e.key_id',
    key: 'g.dimension::text',
    join: 'LEFT JOIN api_keys k ON k.project_id = $1 AND k.key_id = g.dimension',
    name: 'k.name',
  },
};

const latency = `FILTER (WHERE e.status = 'succeeded' AND NOT e.cache_hit)`;
const FIGURES = `count(*)::float8 AS executions,
        count(*) FILTER (WHERE e.status = 'succeeded')::float8 AS succeeded, count(*) FILTER (WHERE e.status = 'failed')::float8 AS failed,
        count(*) FILTER (WHERE e.status = 'canceled')::float8 AS canceled, count(*) FILTER (WHERE e.cache_hit)::float8 AS "cacheHits",
        count(e.cost_pico_usd)::float8 AS priced, sum(e.cost_pico_usd)::text AS "costPicoUsd",
        sum(e.prompt_tokens)::float8 AS "promptTokens", sum(e.cached_prompt_tokens)::float8 AS "cachedPromptTokens",
        sum(e.response_tokens)::float8 AS "responseTokens",
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY e.latency_ms) ${latency} AS percentiles`;

type Row = GroupFigures & { readonly isTotal: boolean };

/** Measures executions by reading them, because the rollups contain neither percentiles nor cache hits. */
@Injectable()
export class ExecutionFiguresRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Uses one statement, so that groups and total cover the same executions. Periods are in order, other groups by number of executions. */
  async read(
    projectId: string,
    query: FiguresQuery,
  ): Promise<{ total: ExecutionFigures; groups: GroupFigures[] }> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions = listConditions(query, bind);
    const { by, key, join = '', name = 'NULL::text' } = GROUPINGS[query.groupBy];
    const isPeriod = query.groupBy === 'hour' || query.groupBy === 'day';
    const order = isPeriod ? 'g.dimension' : 'g.executions DESC, 1';
    const text = `
      WITH chosen AS MATERIALIZED (
        SELECT e.*, ${by} AS dimension FROM executions e WHERE ${conditions.join(' AND ')}
      ), g AS (
        SELECT grouping(e.dimension) = 1 AS "isTotal", e.dimension, ${FIGURES}
        FROM chosen e GROUP BY GROUPING SETS ((e.dimension), ())
      )
      SELECT ${key} AS key, ${name} AS "keyName", g.*
      FROM g ${join} ORDER BY g."isTotal" DESC, ${order} LIMIT ${bind(isPeriod ? null : MAX_GROUPS + 1)}`;
    const shape = [
      query.groupBy,
      ...Object.entries(query).map(([member, value]) => (value === undefined ? '' : member)),
    ];
    const rows = await this.scope.statement<Row & Record<string, unknown>>(projectId, {
      name: `figures ${shape.filter((word) => word !== '').join(' ')}`,
      text,
      values,
    });
    const [total, ...groups] = rows;
    if (total === undefined) throw new Error('a sum of nothing is a row too');
    return { total, groups };
  }
}

function listConditions(query: FiguresQuery, bind: (value: unknown) => string): string[] {
  const { span, promptName, versionNumber, model, environment, ownerTeam, keyId } = query;
  const at = (ms: number) => `to_timestamp(${bind(ms / 1000)}::float8)`;
  const prompts = () =>
    `ARRAY(SELECT prompt_id FROM prompts WHERE project_id = $1 AND name = ${bind(promptName)})`;
  return [
    'e.project_id = $1',
    `e.status IN ('succeeded', 'failed', 'canceled')`,
    `e.created_at >= ${at(span.startMs)}`,
    `e.created_at < ${at(span.endMs)}`,
    `e.execution_id >= ledger_uuid7_floor(${at(span.startMs - ID_SLACK_MS)})`,
    `e.execution_id < ledger_uuid7_floor(${at(span.endMs + ID_SLACK_MS)})`,
    ...(promptName === undefined ? [] : [`e.prompt_id = ANY (${prompts()})`]),
    ...(versionNumber === undefined
      ? []
      : [
          `e.version_id = ANY (ARRAY(SELECT version_id FROM prompt_versions WHERE project_id = $1 AND version_number = ${bind(versionNumber)} AND prompt_id = ANY (${prompts()})))`,
        ]),
    ...(model === undefined
      ? []
      : [
          `e.model_id = ANY (ARRAY(SELECT model_id FROM models WHERE project_id = $1 AND provider || '/' || model_name = ${bind(model)}))`,
        ]),
    ...(environment === undefined ? [] : [`e.environment = ${bind(environment)}`]),
    ...(ownerTeam === undefined ? [] : [`e.owner_team = ${bind(ownerTeam)}`]),
    ...(keyId === undefined ? [] : [`e.key_id = ${bind(keyId)}::uuid`]),
  ];
}
