import { ForbiddenError } from './errors.js';
import { type Rights, rightsOver } from './roles/rights.js';
import type { Scope } from './roles/scopes.js';

/** Whether the caller has the scope in the project or over that team's prompts. @param ownerTeam as for {@link assertMayOver}. */
export function mayOver(caller: Rights, ownerTeam: string | null, scope: Scope): boolean {
  return caller.scopes.has(scope) || rightsOver(caller, ownerTeam).scopes.has(scope);
}

/**
 * @param ownerTeam of the prompt that it is about; null where no team answers for it.
 * @throws ForbiddenError `FORBIDDEN`, which names the scope, unless the caller has it in the project or over that team's prompts.
 */
export function assertMayOver(caller: Rights, ownerTeam: string | null, scope: Scope): void {
  if (!mayOver(caller, ownerTeam, scope)) throw new ForbiddenError([scope]);
}

/** @throws ForbiddenError `FORBIDDEN` for somebody who lacks a scope in the project, and all of them over every team. */
export function assertMaySomewhere({ scopes: own, overTeams }: Rights, scopes: readonly Scope[]): void {
  const missing = scopes.filter((scope) => !own.has(scope));
  if (missing.length === 0) return;
  for (const { scopes: ofTeam } of overTeams.values()) {
    if (missing.every((scope) => ofTeam.has(scope))) return;
  }
  throw new ForbiddenError(missing);
}
