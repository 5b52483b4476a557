import { given, readText, readWord } from '../../ui/search-params';

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
  return given({ status: readWord(search['status'], STATUSES) });
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
    tab: readWord(search['tab'], ['results'] as const),
    baseline: readText(search['baseline']),
    candidate: readText(search['candidate']),
    scorer: readText(search['scorer']),
    failed: readWord(search['failed'], ['yes'] as const),
  });
}
