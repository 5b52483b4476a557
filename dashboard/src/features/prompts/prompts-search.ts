import type { ListPromptsQuery } from '@prompt-ledger/client';
import { given, textOf, wordOf } from '../../ui/search-params';

const MODES = ['full', 'tracking'] as const;

/** The filters of the list of prompts, which stand in the address bar. */
export interface PromptsSearch {
  readonly search?: string;
  /** A folder of names, with its slash at the end. */
  readonly folder?: string;
  readonly tag?: string;
  /** The team that owns a prompt. */
  readonly owner?: string;
  readonly mode?: (typeof MODES)[number];
}

export function parsePromptsSearch(search: Record<string, unknown>): PromptsSearch {
  return given({
    search: textOf(search['search']),
    folder: textOf(search['folder']),
    tag: textOf(search['tag']),
    owner: textOf(search['owner']),
    mode: wordOf(search['mode'], MODES),
  });
}

export function queryOfSearch({ search, folder, tag, owner, mode }: PromptsSearch): ListPromptsQuery {
  return given({ search, q: folder, tag, owner_team: owner, mode });
}
