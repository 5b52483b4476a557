import type { FiguresQuery } from '@prompt-ledger/client';
import { given, readText, readWord } from '../../ui/search-params';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Time spans, and the resolution of each. */
export const SPANS = {
  '24h': { title: 'The last 24 hours', ms: DAY_MS, unit: 'hour' },
  '7d': { title: 'The last 7 days', ms: 7 * DAY_MS, unit: 'day' },
  '30d': { title: 'The last 30 days', ms: 30 * DAY_MS, unit: 'day' },
  '90d': { title: 'The last 90 days', ms: 90 * DAY_MS, unit: 'day' },
} as const;
export const SPAN_NAMES = ['24h', '7d', '30d', '90d'] as const;
export const GROUPINGS = ['prompt', 'version', 'model', 'environment', 'owner_team', 'api_key'] as const;

export type SpanName = (typeof SPAN_NAMES)[number];
export type Grouping = (typeof GROUPINGS)[number];

/** The filters of analytics, which are kept in the address bar. */
export interface AnalyticsSearch {
  readonly last?: SpanName;
  readonly by?: Grouping;
  readonly prompt?: string;
  readonly model?: string;
  readonly environment?: string;
  readonly team?: string;
  readonly key?: string;
}

export function parseAnalyticsSearch(search: Record<string, unknown>): AnalyticsSearch {
  return given({
    last: readWord(search['last'], SPAN_NAMES),
    by: readWord(search['by'], GROUPINGS),
    prompt: readText(search['prompt']),
    model: readText(search['model']),
    environment: readText(search['environment']),
    team: readText(search['team']),
    key: readText(search['key']),
  });
}

/** Whole hours or days in UTC including the current one, so that each bar is one of them. */
export interface Span {
  readonly from: string;
  readonly to: string;
  readonly unit: 'hour' | 'day';
  readonly unitMs: number;
}

/** @param now milliseconds since 1970. */
export function spanOf(last: SpanName, now: number): Span {
  const { ms, unit } = SPANS[last];
  const unitMs = unit === 'hour' ? HOUR_MS : DAY_MS;
  const to = Math.floor(now / unitMs) * unitMs + unitMs;
  return { from: new Date(to - ms).toISOString(), to: new Date(to).toISOString(), unit, unitMs };
}

export function filterOfSearch({ prompt, model, environment, team, key }: AnalyticsSearch): FiguresQuery {
  return given({ prompt_name: prompt, model, environment, owner_team: team, api_key: key });
}

/** Returns the filters of the list of executions that are over, in this span and with this search. */
export function listOfSearch(
  { prompt, model, environment, team, key }: AnalyticsSearch,
  { from, to }: Pick<Span, 'from' | 'to'>,
) {
  return { ...given({ prompt, model, environment, team, key }), from, to, final: true as const };
}
