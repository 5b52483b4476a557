import { given, numberOf, wordOf } from '../../ui/search-params';

export const TABS = ['editor', 'versions', 'history', 'suggestions'] as const;

/** The part of a prompt that is shown, which stands in the address bar. */
export interface PromptSearch {
  readonly tab?: (typeof TABS)[number];
  /** The version that is looked at. */
  readonly version?: number;
  /** The version that it is compared with. */
  readonly against?: number;
  /** Suggestions that were dismissed, too. */
  readonly dismissed?: 'yes';
}

export function parsePromptSearch(search: Record<string, unknown>): PromptSearch {
  return given({
    tab: wordOf(search['tab'], TABS),
    version: numberOf(search['version']),
    against: numberOf(search['against']),
    dismissed: wordOf(search['dismissed'], ['yes'] as const),
  });
}
