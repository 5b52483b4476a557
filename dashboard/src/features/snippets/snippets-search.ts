import { given, readNumber, readText, readWord } from '../../ui/search-params';

/** The filter of the list of snippets, which is kept in the address bar. */
export interface SnippetsSearch {
  /** The start of a name. */
  readonly name?: string;
}

export function parseSnippetsSearch(search: Record<string, unknown>): SnippetsSearch {
  return given({ name: readText(search['name']) });
}

export const TABS = ['editor', 'versions', 'usage'] as const;

/** The part of a snippet that is shown, which is kept in the address bar. */
export interface SnippetSearch {
  readonly tab?: (typeof TABS)[number];
  /** The version that is shown. */
  readonly version?: number;
  /** The version that it is compared with. */
  readonly against?: number;
}

export function parseSnippetSearch(search: Record<string, unknown>): SnippetSearch {
  return given({
    tab: readWord(search['tab'], TABS),
    version: readNumber(search['version']),
    against: readNumber(search['against']),
  });
}
