import type { ScorerKind } from '@prompt-ledger/client';

/** Who or what judges, by the kind of the scorer. */
export const KIND_TITLES: Readonly<Record<ScorerKind, string>> = {
  check: 'a check',
  code: 'code',
  judge: 'a judge (a prompt)',
  human: 'people',
};
