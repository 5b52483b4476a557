import type { ScorerKind } from '@prompt-ledger/client';
import { given, readNumber, readText, readWord } from '../../ui/search-params';

export const KINDS = ['check', 'code', 'judge', 'human'] as const satisfies readonly ScorerKind[];
export const TABS = ['definition', 'change', 'versions', 'try'] as const;

/** The filter of the list of scorers, which is kept in the address bar. */
export interface ScorersSearch {
  readonly kind?: ScorerKind;
}

export function parseScorersSearch(search: Record<string, unknown>): ScorersSearch {
  return given({ kind: readWord(search['kind'], KINDS) });
}

/** The part of a scorer that is shown. */
export interface ScorerSearch {
  readonly tab?: (typeof TABS)[number];
  /** The version that is shown. */
  readonly version?: number;
  /** The version that it is compared with. */
  readonly against?: number;
  /** The id of the execution to try the scorer on. */
  readonly execution?: string;
}

export function parseScorerSearch(search: Record<string, unknown>): ScorerSearch {
  return given({
    tab: readWord(search['tab'], TABS),
    version: readNumber(search['version']),
    against: readNumber(search['against']),
    execution: readText(search['execution']),
  });
}
