import type { ScorerKind } from '@prompt-ledger/client';

/** The judge of each kind of scorer, in words. */
export const KIND_TITLES: Readonly<Record<ScorerKind, string>> = {
  check: 'a check',
  code: 'code',
  judge: 'a judge (a prompt)',
  human: 'people',
};
