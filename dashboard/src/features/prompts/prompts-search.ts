import type { ListPromptsQuery } from '@prompt-ledger/client';
import { given, readText, readWord } from '../../ui/search-params';

const MODES = ['full', 'tracking'] as const;
/** Default: the last changed first. */
const ORDERS = ['name'] as const;

/** The filters of the list of prompts, which are kept in the address bar. */
export interface PromptsSearch {
  readonly search?: string;
  /** A folder of names, with a slash at the end. */
  readonly folder?: string;
  readonly tag?: string;
  /** The team that owns a prompt. */
  readonly owner?: string;
  readonly mode?: (typeof MODES)[number];
  readonly sort?: (typeof ORDERS)[number];
}

export function parsePromptsSearch(search: Record<string, unknown>): PromptsSearch {
  return given({
    search: readText(search['search']),
    folder: readText(search['folder']),
    tag: readText(search['tag']),
    owner: readText(search['owner']),
    mode: readWord(search['mode'], MODES),
    sort: readWord(search['sort'], ORDERS),
  });
}

export function queryOfSearch(search: PromptsSearch): ListPromptsQuery {
  const { search: words, folder, tag, owner, mode, sort } = search;
  return given({
    search: words,
    q: folder,
    tag,
    owner_team: owner,
    mode,
    sort: sort === undefined ? ('-updated_at' as const) : undefined,
  });
}

/** Whether a filter hides some prompts. */
export function isNarrowed({ sort: _, ...filters }: PromptsSearch): boolean {
  return Object.keys(filters).length > 0;
}
