import type { ListExecutionsQuery } from '@prompt-ledger/client';
import { given, textOf, wordOf } from '../../ui/search-params';

export const STATUSES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;
/** Spans of time, in hours. */
export const SPANS = { hour: 1, day: 24, week: 168, month: 720 } as const;
export const SPAN_NAMES = ['hour', 'day', 'week', 'month'] as const;

/** What the list of executions is narrowed by; it stands in the address bar. */
export interface ExecutionsSearch {
  readonly prompt?: string;
  readonly status?: (typeof STATUSES)[number];
  readonly environment?: string;
  readonly correlation?: string;
  /** Only the last so long. */
  readonly last?: (typeof SPAN_NAMES)[number];
}

export function parseExecutionsSearch(search: Record<string, unknown>): ExecutionsSearch {
  return given({
    prompt: textOf(search['prompt']),
    status: wordOf(search['status'], STATUSES),
    environment: textOf(search['environment']),
    correlation: textOf(search['correlation']),
    last: wordOf(search['last'], SPAN_NAMES),
  });
}

/** @param now milliseconds since 1970. */
export function queryOfSearch(search: ExecutionsSearch, now: number): ListExecutionsQuery {
  const { prompt, status, environment, correlation, last } = search;
  return given({
    prompt_name: prompt,
    status,
    environment,
    correlation_id: correlation,
    created_after: last === undefined ? undefined : new Date(now - SPANS[last] * 3_600_000).toISOString(),
  });
}
