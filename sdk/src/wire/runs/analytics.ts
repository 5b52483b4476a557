import type { PromptMode } from '../registry/prompts.js';

export interface AnalyticsSummary {
  readonly total_executions: number;
  readonly full_mode_prompts: number;
  readonly tracking_mode_prompts: number;
}

export interface ModeCounts {
  readonly execution_count: number;
  /** The average over executions that succeeded; null when there are none. */
  readonly avg_latency_ms: number | null;
}

export interface Analytics {
  readonly summary: AnalyticsSummary;
  readonly by_mode: Readonly<Record<PromptMode, ModeCounts>>;
}

export interface ModeAnalytics {
  readonly mode: PromptMode;
  readonly prompt_count: number;
  readonly execution_count: number;
  readonly avg_latency_ms: number | null;
  /** Null when no provider reported a count. */
  readonly total_prompt_tokens: number | null;
  readonly total_response_tokens: number | null;
}

export interface AnalyticsQuery {
  /** Default `all`. */
  readonly mode?: PromptMode | 'all';
  /** RFC 3339 or a Date. Inclusive. */
  readonly from?: string | Date;
  /** Exclusive. */
  readonly to?: string | Date;
  readonly prompt_name?: string;
}

export interface ActivityQuery {
  /** Ids of up to 200 prompts, separated by commas. */
  readonly prompt_ids: string;
  /** The number of days in UTC, ending today: 1 to 31, default 7. */
  readonly days?: number;
}

export interface PromptActivity {
  readonly prompt_id: string;
  /** The number of final executions on each day. */
  readonly execution_counts: readonly number[];
  /** The known cost of each day in US dollars, exact; null for a day without a known cost. */
  readonly costs_usd: readonly (string | null)[];
  /** The total of all days. */
  readonly execution_count: number;
  readonly cost_usd: string | null;
  readonly unpriced_count: number;
}

export interface Activity {
  /** The days, such as `2026-11-26`, in ascending order. */
  readonly days: readonly string[];
  /** In the order of the requested ids. */
  readonly prompts: readonly PromptActivity[];
}

export type CostGrouping = 'prompt' | 'model' | 'environment' | 'owner_team' | 'api_key' | 'day';

export interface CostQuery {
  readonly group_by: CostGrouping;
  /** RFC 3339 or a Date. Inclusive. */
  readonly from?: string | Date;
  /** Exclusive. */
  readonly to?: string | Date;
  readonly prompt_name?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export interface CostFigures {
  /** The total cost of executions whose cost is known, in exact dollars as a decimal; null when none is. */
  readonly cost_usd: string | null;
  readonly execution_count: number;
  /** The number of executions whose cost is known. */
  readonly priced_count: number;
  /** The number of executions whose cost is unknown, which the sum excludes. */
  readonly unpriced_count: number;
  readonly prompt_tokens: number | null;
  readonly cached_prompt_tokens: number | null;
  readonly response_tokens: number | null;
  readonly reasoning_tokens: number | null;
}

export interface CostGroup extends CostFigures {
  /** Name of the prompt, `provider/model_name`, id of the key, day …; null for executions without one. */
  readonly key: string | null;
  /** Only when grouped by `api_key`. */
  readonly key_name?: string | null;
}

export interface Costs {
  readonly group_by: CostGrouping;
  /** Sums over all groups, including those of other pages. */
  readonly total: CostFigures;
  /** Most expensive first; days in order. */
  readonly groups: readonly CostGroup[];
  readonly next_cursor: string | null;
}

export type FigureGrouping =
  'hour' | 'day' | 'prompt' | 'version' | 'model' | 'environment' | 'owner_team' | 'api_key';

export interface FiguresQuery {
  /** Default `day`; hours and days are in UTC. */
  readonly group_by?: FigureGrouping;
  /** RFC 3339 or a Date. Inclusive. Default: 24 hours before `to`, or 30 days for days. */
  readonly from?: string | Date;
  /** Exclusive. Default: now. */
  readonly to?: string | Date;
  readonly prompt_name?: string;
  /** Requires `prompt_name`. */
  readonly version_number?: number;
  /** `provider/model_name`. */
  readonly model?: string;
  readonly environment?: string;
  readonly owner_team?: string;
  /** The key's id. */
  readonly api_key?: string;
}

/** Figures of final executions. */
export interface Figures {
  readonly execution_count: number;
  readonly succeeded_count: number;
  readonly failed_count: number;
  readonly canceled_count: number;
  /** The number of executions answered from an earlier one. */
  readonly cache_hit_count: number;
  /** Exact dollars as a decimal; null when no cost is known. */
  readonly cost_usd: string | null;
  readonly unpriced_count: number;
  readonly prompt_tokens: number | null;
  readonly cached_prompt_tokens: number | null;
  readonly response_tokens: number | null;
  /** Milliseconds, over executions that succeeded with a call; null when there are none. */
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
}

export interface FigureGroup extends Figures {
  /** Name, `name@3`, `provider/model_name`, id of the key, or the start of the hour or day; null for executions without one. */
  readonly key: string | null;
  /** Only when grouped by `api_key`. */
  readonly key_name?: string | null;
}

export interface ExecutionFigures {
  readonly group_by: FigureGrouping;
  readonly from: string;
  readonly to: string;
  readonly total: Figures;
  /** Hours and days in order; other groups with the most executions first, at most 200. */
  readonly groups: readonly FigureGroup[];
}
