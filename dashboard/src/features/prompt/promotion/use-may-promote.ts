import type { Prompt } from '@prompt-ledger/client';
import { useMay } from '../../../api/use-session';

/** Whether the caller may bring a version of this prompt anywhere: move a pointer, or open a change that does. */
export function useMayPromote({ owner_team: team }: Pick<Prompt, 'owner_team'>): boolean {
  const mayMove = useMay('environments:move');
  const mayAsk = useMay('changes:write', team);
  return mayMove || mayAsk;
}
