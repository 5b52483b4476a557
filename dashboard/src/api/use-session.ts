import type { Me, Scope } from '@prompt-ledger/client';
import { useSyncExternalStore } from 'react';
import { session } from './session';

/** Tells who is signed in, and whether the session is over. */
export function useSession() {
  return useSyncExternalStore(session.subscribe, session.state);
}

/** Returns who is signed in. @throws Error outside of the frame, which only renders for somebody. */
export function useMe(): Me {
  const { me } = useSession();
  if (me === null) throw new Error('Nobody is signed in.');
  return me;
}

/** Whether the caller may do this in the project: what they may not do is not offered. */
export function useMay(scope: Scope): boolean {
  return useMe().scopes.includes(scope);
}
