import { given, textOf, wordOf } from '../../ui/search-params';

export const STATUSES = [
  'queued',
  'running',
  'completed',
  'failed',
  'canceled',
  'stopped_by_budget',
] as const;

/** The filters of the list of experiments, which are kept in the address bar. */
export interface ExperimentsSearch {
  readonly status?: (typeof STATUSES)[number];
}

export function parseExperimentsSearch(search: Record<string, unknown>): ExperimentsSearch {
  return given({ status: wordOf(search['status'], STATUSES) });
}

/** The two candidates to compare, and the scorer. */
export interface ExperimentSearch {
  readonly tab?: 'results';
  readonly baseline?: string;
  readonly candidate?: string;
  readonly scorer?: string;
  /** Only results that did not pass. */
  readonly failed?: 'yes';
}

export function parseExperimentSearch(search: Record<string, unknown>): ExperimentSearch {
  return given({
    tab: wordOf(search['tab'], ['results'] as const),
    baseline: textOf(search['baseline']),
    candidate: textOf(search['candidate']),
    scorer: textOf(search['scorer']),
    failed: wordOf(search['failed'], ['yes'] as const),
  });
}
