import { given, readNumber, readWord } from '../../ui/search-params';

export const TABS = ['editor', 'versions', 'history', 'suggestions'] as const;

/** The part of a prompt that is shown, which is kept in the address bar. */
export interface PromptSearch {
  readonly tab?: (typeof TABS)[number];
  /** The version that is shown. */
  readonly version?: number;
  /** The version that it is compared with. */
  readonly against?: number;
  /** Includes dismissed suggestions. */
  readonly dismissed?: 'yes';
}

export function parsePromptSearch(search: Record<string, unknown>): PromptSearch {
  return given({
    tab: readWord(search['tab'], TABS),
    version: readNumber(search['version']),
    against: readNumber(search['against']),
    dismissed: readWord(search['dismissed'], ['yes'] as const),
  });
}
