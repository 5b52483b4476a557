import { ForbiddenError } from './errors.js';
import { type Rights, rightsOver } from './roles/rights.js';
import type { Scope } from './roles/scopes.js';

/** Returns whether the caller has the scope in the project or over that team's prompts. @param ownerTeam as for {@link assertMayOver}. */
export function mayOver(caller: Rights, ownerTeam: string | null, scope: Scope): boolean {
  return caller.scopes.has(scope) || rightsOver(caller, ownerTeam).scopes.has(scope);
}

/**
 * @param ownerTeam the team responsible for the prompt; null for none.
 * @throws ForbiddenError `FORBIDDEN`, which names the scope, unless the caller has it in the project or over that team's prompts.
 */
export function assertMayOver(caller: Rights, ownerTeam: string | null, scope: Scope): void {
  if (!mayOver(caller, ownerTeam, scope)) throw new ForbiddenError([scope]);
}

/** @throws ForbiddenError `FORBIDDEN` unless the caller has all scopes in the project, or all missing ones over a single team. */
export function assertMaySomewhere({ scopes: own, overTeams }: Rights, scopes: readonly Scope[]): void {
  const missing = scopes.filter((scope) => !own.has(scope));
  if (missing.length === 0) return;
  for (const { scopes: ofTeam } of overTeams.values()) {
    if (missing.every((scope) => ofTeam.has(scope))) return;
  }
  throw new ForbiddenError(missing);
}
