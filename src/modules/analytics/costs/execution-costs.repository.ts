import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import {
  columnDimension,
  type CountFilter,
  type Dimension,
  selectIds,
  NO_ID,
  listParts,
  describeShape,
} from '../counts/count-parts.js';

export const COST_GROUPS = ['prompt', 'model', 'environment', 'owner_team', 'api_key', 'day'] as const;
export type CostGroup = (typeof COST_GROUPS)[number];

/** Totals of final executions. */
export interface Costs {
  readonly executions: number;
  /** Executions whose cost is known. */
  readonly priced: number;
  /** The sum in whole pico-dollars; null if no cost is known. */
  readonly costPicoUsd: bigint | null;
  /** Null if no provider reported a count, like the following members. */
  readonly promptTokens: number | null;
  readonly cachedPromptTokens: number | null;
  readonly responseTokens: number | null;
  readonly reasoningTokens: number | null;
}

export interface GroupCosts extends Costs {
  /** Null for executions without a value for the grouping. */
  readonly key: string | null;
  /** The name of a key; null for an unknown key. */
  readonly keyName: string | null;
  /** The primary sort key of the group, before its key. */
  readonly rank: string;
}

/** The sort key of a list. */
export interface CostPosition {
  /** An integer as text. */
  readonly rank: string;
  readonly key: string | null;
}

export interface CostQuery extends CountFilter {
  readonly groupBy: CostGroup;
  readonly after: CostPosition | null;
  readonly limit: number;
}

interface Grouping {
  readonly dimension: Dimension;
  /** A group's `c.dimension` as text; null where it stands for no value. */
  readonly key: string;
  readonly join?: string;
  readonly name?: string;
}

const NO_ID_SQL = `'${NO_ID}'::uuid`;
const utcDay = (time: string) => `date_trunc('day', ${time}, 'UTC')`;

/** Prompts with the same name, of which at most one is not deleted, form one group. */
const GROUPINGS: Readonly<Record<CostGroup, Grouping>> = {
  prompt: {
    dimension: columnDimension('prompt_id', NO_ID_SQL),
    key: 'p.name',
    join: 'LEFT JOIN prompts p ON p.project_id = $1 AND p.prompt_id = c.dimension',
  },
  model: {
    dimension: columnDimension('model_id'),
    key: `m.provider || '/' || m.model_name`,
    join: 'LEFT JOIN models m ON m.project_id = $1 AND m.model_id = c.dimension',
  },
  environment: { dimension: columnDimension('environment'), key: 'c.dimension' },
  owner_team: { dimension: columnDimension('owner_team', `''`), key: `nullif(c.dimension, '')` },
  api_key: {
    dimension: columnDimension('key_id', NO_ID_SQL),
    key: `nullif(c.dimension, ${NO_ID_SQL})::text`,
    join: 'LEFT JOIN api_keys k ON k.project_id = $1 AND k.key_id = c.dimension',
    name: 'k.name',
  },
  day: {
    dimension: { ofRollup: utcDay('period'), ofDelta: utcDay('hour'), ofExecution: utcDay('created_at') },
    key: `to_char(c.dimension AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  },
};

const TOKENS = ['prompt_tokens', 'cached_prompt_tokens', 'response_tokens', 'reasoning_tokens'] as const;
const MEASURES = [
  'executions',
  'cost_count',
  'cost_sum_pico_usd',
  ...TOKENS.flatMap((column) => [`${column}_count`, `${column}_sum`]),
];
const SUMS = MEASURES.map((measure) => `sum(${measure}) AS ${measure}`).join(', ');

const known = (count: string, sum: string) => `CASE WHEN ${count} > 0 THEN ${sum} END`;
const tokens = (column: string) => `${known(`${column}_count`, `${column}_sum`)}::float8`;
const COST = known('cost_count', 'cost_sum_pico_usd');
const SHOWN = `coalesce(executions, 0)::float8 AS executions, coalesce(cost_count, 0)::float8 AS priced,
        ${COST}::text AS "costPicoUsd", ${tokens('prompt_tokens')} AS "promptTokens",
        ${tokens('cached_prompt_tokens')} AS "cachedPromptTokens", ${tokens('response_tokens')} AS "responseTokens",
        ${tokens('reasoning_tokens')} AS "reasoningTokens"`;

/** The all-time counts, which are not split by day. */
const EVER = { startMs: -Infinity, endMs: Infinity };

type Row = Omit<GroupCosts, 'costPicoUsd'> & {
  readonly isTotal: boolean;
  readonly costPicoUsd: string | null;
};

/** Reads the costs of executions from the counts: always exact, and without reading executions. */
@Injectable()
export class ExecutionCostsRepository {
  constructor(private readonly scope: TenantScope) {}

  /**
   * Uses one statement, so that groups and total cover the same executions.
   * @returns the groups of a page, most expensive first and unknown costs last; days in order. The total covers all groups.
   */
  async list(projectId: string, query: CostQuery): Promise<{ total: Costs; groups: GroupCosts[] }> {
    const { groupBy, promptName, after } = query;
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const limit = bind(query.limit);
    const name = promptName === null ? null : bind(promptName);
    const rest =
      after === null
        ? ''
        : `WHERE (rank, key IS NULL, coalesce(key, '')) > (${bind(after.rank)}::numeric, ${bind(after.key === null)}::boolean, ${bind(after.key ?? '')}::text)`;
    const grouping = GROUPINGS[groupBy];
    const { dimension } = grouping;
    const span = query.span ?? (groupBy === 'day' ? EVER : null);
    const parts = listParts({ dimension, measures: MEASURES, span }, bind);
    const ofPrompt = name === null ? '' : 'AND prompt_id = ANY ((SELECT ids FROM named)::uuid[])';
    const text = `
      WITH ${name === null ? '' : `named AS (${selectIds(name)}), `}part (dimension, ${MEASURES.join(', ')}) AS (
        ${parts.map(({ sql }) => `${sql} ${ofPrompt}`).join('\n        UNION ALL ')}
      ), counted AS (
        SELECT dimension, ${SUMS} FROM part GROUP BY dimension
      ), keyed AS (
        SELECT (${grouping.key}) COLLATE "C" AS key, min(${grouping.name ?? 'NULL::text'}) AS "keyName", ${SUMS}
        FROM counted c ${grouping.join ?? ''} GROUP BY 1
      ), ranked AS (
        SELECT *, ${groupBy === 'day' ? '0::numeric' : `-coalesce(${COST}, -1)`} AS rank FROM keyed
      ), page AS (
        SELECT * FROM ranked ${rest} ORDER BY rank, key IS NULL, key LIMIT ${limit}
      ), total AS (
        SELECT ${SUMS} FROM keyed
      )
      SELECT * FROM (
        SELECT true AS "isTotal", NULL AS key, NULL AS "keyName", NULL::numeric AS rank, ${SHOWN} FROM total
        UNION ALL
        SELECT false, key, "keyName", rank, ${SHOWN} FROM page) AS shown
      ORDER BY NOT "isTotal", rank, key IS NULL, key COLLATE "C"`;
    const statement = [
      groupBy,
      describeShape(parts),
      name === null ? '' : 'prompt',
      after === null ? '' : 'after',
    ];
    const rows = await this.scope.statement<Row & Record<string, unknown>>(projectId, {
      name: `cost ${statement.join(' ')}`,
      text,
      values,
    });
    const costs = rows.map((row) => ({
      ...row,
      costPicoUsd: row.costPicoUsd === null ? null : BigInt(row.costPicoUsd),
    }));
    const [total] = costs;
    if (total === undefined) throw new Error('a sum of nothing is a row too');
    return { total, groups: costs.slice(1) };
  }
}
