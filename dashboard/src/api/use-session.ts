import type { Me, Scope } from '@prompt-ledger/client';
import { useSyncExternalStore } from 'react';
import { session } from './session';

/** Returns who is signed in, and whether the session is over. */
export function useSession() {
  return useSyncExternalStore(session.subscribe, session.state);
}

/** Returns who is signed in. @throws Error outside the frame, which only renders with a session. */
export function useMe(): Me {
  const { me } = useSession();
  if (me === null) throw new Error('Nobody is signed in.');
  return me;
}

/**
 * Whether the caller may do this in the project. The dashboard does not offer what they may not do.
 * @param ownerTeam the team that owns the prompt, whose members may do more with it.
 */
export function useMay(scope: Scope, ownerTeam: string | null = null): boolean {
  const { scopes, teams } = useMe();
  return (
    scopes.includes(scope) || teams.some((team) => team.name === ownerTeam && team.scopes.includes(scope))
  );
}

/** Returns the teams for whose prompts the caller may do this, but not in the rest of the project. */
export function useTeamsWith(scope: Scope): readonly string[] {
  const { scopes, teams } = useMe();
  if (scopes.includes(scope)) return [];
  return teams.filter((team) => team.scopes.includes(scope)).map(({ name }) => name);
}
