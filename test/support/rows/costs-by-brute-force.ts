import type { Client } from 'pg';
import type { CountFilter } from '../../../src/modules/analytics/counts/count-parts.js';
import type { CostGroup, Costs } from '../../../src/modules/analytics/costs/execution-costs.repository.js';

export interface CostsOfKey extends Costs {
  readonly key: string | null;
}

/** The key of a row, computed without anything that the counts use. */
const KEYS: Readonly<Record<CostGroup, string>> = {
  prompt: '(SELECT name FROM prompts p WHERE p.project_id = e.project_id AND p.prompt_id = e.prompt_id)',
  model: `(SELECT provider || '/' || model_name FROM models m WHERE m.project_id = e.project_id AND m.model_id = e.model_id)`,
  environment: 'e.environment',
  owner_team: `CASE WHEN e.owner_team <> '' THEN e.owner_team END`,
  api_key: 'e.key_id::text',
  day: `substr(timezone('UTC', e.created_at)::text, 1, 10)`,
};

interface Execution {
  readonly key: string | null;
  readonly cost: string | null;
  readonly prompt: number | null;
  readonly cached: number | null;
  readonly response: number | null;
  readonly reasoning: number | null;
}

/** Answers the question that rollups answer by reading every execution and adding up here. */
export async function costsByBruteForce(
  owner: Client,
  projectId: string,
  groupBy: CostGroup,
  { promptName, span }: CountFilter,
): Promise<{ total: Costs; groups: CostsOfKey[] }> {
  const time = (ms: number | undefined, open: string) =>
    ms === undefined || !Number.isFinite(ms) ? open : new Date(ms).toISOString();
  const { rows } = await owner.query<Execution>(
    `SELECT ${KEYS[groupBy]} AS key, cost_pico_usd AS cost, prompt_tokens AS prompt, cached_prompt_tokens AS cached,
       response_tokens AS response, reasoning_tokens AS reasoning
     FROM executions_all e
     WHERE e.project_id = $1 AND e.status NOT IN ('queued', 'running')
       AND e.created_at >= $3::timestamptz AND e.created_at < $4::timestamptz
       AND ($2::text IS NULL OR e.prompt_id IN (SELECT prompt_id FROM prompts WHERE project_id = $1 AND name = $2))`,
    [projectId, promptName, time(span?.startMs, '-infinity'), time(span?.endMs, 'infinity')],
  );
  const keys = [...new Set(rows.map(({ key }) => key))];
  const groups = keys.map((key) => ({ key, ...costsOf(rows.filter((row) => row.key === key)) }));
  const order = groupBy === 'day' ? byKey : byCost;
  return { total: costsOf(rows), groups: groups.sort(order) };
}

function costsOf(rows: readonly Execution[]): Costs {
  const costs = rows.flatMap(({ cost }) => (cost === null ? [] : [BigInt(cost)]));
  const sumOf = (column: 'prompt' | 'cached' | 'response' | 'reasoning') => {
    const known = rows.flatMap((row) => row[column] ?? []);
    return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
  };
  return {
    executions: rows.length,
    priced: costs.length,
    costPicoUsd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0n),
    promptTokens: sumOf('prompt'),
    cachedPromptTokens: sumOf('cached'),
    responseTokens: sumOf('response'),
    reasoningTokens: sumOf('reasoning'),
  };
}

function byCost(one: CostsOfKey, other: CostsOfKey): number {
  const difference = (other.costPicoUsd ?? -1n) - (one.costPicoUsd ?? -1n);
  return difference === 0n ? byKey(one, other) : difference < 0n ? -1 : 1;
}

/** Compares by bytes, with null last. */
function byKey({ key: one }: CostsOfKey, { key: other }: CostsOfKey): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
