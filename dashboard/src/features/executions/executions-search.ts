import type { ListExecutionsQuery } from '@prompt-ledger/client';
import { given, readNumber, readText, readWord } from '../../ui/search-params';

export const STATUSES = ['queued', 'running', 'succeeded', 'failed', 'canceled'] as const;
/** Time spans in hours. */
export const SPANS = { hour: 1, day: 24, week: 168, month: 720 } as const;
export const SPAN_NAMES = ['hour', 'day', 'week', 'month'] as const;

const ARMS = ['control', 'candidate'] as const;
const ABSENT = ['prompt', 'owner_team', 'api_key'] as const;

/** The filters of the list of executions, which are kept in the address bar. */
export interface ExecutionsSearch {
  readonly prompt?: string;
  readonly status?: (typeof STATUSES)[number];
  readonly environment?: string;
  readonly correlation?: string;
  /** The version number of the prompt. */
  readonly version?: number;
  /** `provider/model_name`. */
  readonly model?: string;
  readonly team?: string;
  /** The id of a key. */
  readonly key?: string;
  /** The id of a rollout. */
  readonly rollout?: string;
  readonly arm?: (typeof ARMS)[number];
  /** The id of a batch or an experiment. */
  readonly batch?: string;
  /** Only executions without this property. */
  readonly without?: (typeof ABSENT)[number];
  /** Only executions that are over. */
  readonly final?: true;
  /** RFC 3339: `from` is inclusive, and `to` exclusive. */
  readonly from?: string;
  readonly to?: string;
  /** Only executions of this recent span. */
  readonly last?: (typeof SPAN_NAMES)[number];
}

/** A change of the search; undefined removes a member. */
export type SearchChange = { readonly [Key in keyof ExecutionsSearch]?: ExecutionsSearch[Key] | undefined };

export function parseExecutionsSearch(search: Record<string, unknown>): ExecutionsSearch {
  return given({
    prompt: readText(search['prompt']),
    status: readWord(search['status'], STATUSES),
    environment: readText(search['environment']),
    correlation: readText(search['correlation']),
    version: readNumber(search['version']),
    model: readText(search['model']),
    team: readText(search['team']),
    key: readText(search['key']),
    rollout: readText(search['rollout']),
    arm: readWord(search['arm'], ARMS),
    batch: readText(search['batch']),
    without: readWord(search['without'], ABSENT),
    final: search['final'] === true ? (true as const) : undefined,
    from: timeOf(search['from']),
    to: timeOf(search['to']),
    last: readWord(search['last'], SPAN_NAMES),
  });
}

function timeOf(value: unknown): string | undefined {
  const text = readText(value);
  return text === undefined || Number.isNaN(Date.parse(text)) ? undefined : new Date(text).toISOString();
}

/** @param now milliseconds since 1970. */
export function queryOfSearch(search: ExecutionsSearch, now: number): ListExecutionsQuery {
  const { prompt, status, environment, correlation, last, from, to } = search;
  const lastMs = last === undefined ? undefined : now - SPANS[last] * 3_600_000;
  // The API lists executions after a time, without those of that very millisecond.
  const afterMs = from === undefined ? lastMs : Date.parse(from) - 1;
  return given({
    prompt_name: prompt,
    status,
    environment,
    correlation_id: correlation,
    // A version without a prompt means nothing, and would be refused.
    version_number: prompt === undefined ? undefined : search.version,
    model: search.model,
    owner_team: search.team,
    api_key: search.key,
    rollout_id: search.rollout,
    // An arm without a rollout means nothing, and would be refused.
    arm: search.rollout === undefined ? undefined : search.arm,
    batch_id: search.batch,
    without: search.without,
    final: search.final,
    created_after: afterMs === undefined ? undefined : new Date(afterMs).toISOString(),
    created_before: to,
  });
}
