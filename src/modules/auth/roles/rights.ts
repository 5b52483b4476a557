import type { Role, UserKind } from '../../../entities/index.js';
import { isAtLeast, scopesForRole } from './roles.js';
import { type Scope, toScopes } from './scopes.js';

/** The owner of a key, with their current rights in its project. */
export interface KeyOwner {
  readonly userId: string;
  readonly kind: UserKind;
  readonly name: string;
  readonly isDisabled: boolean;
  /** The role in the project; null for a user who is not a member. */
  readonly role: Role | null;
  /** Roles over the prompts of each of their teams, by name of the team. */
  readonly teamRoles: ReadonlyMap<string, Role>;
}

/** The rights that a key was created with: a role or scopes. */
export interface Grant {
  readonly role: Role | null;
  /** Empty for a key with a role. */
  readonly scopes: readonly string[];
}

export interface RightsOverTeam {
  readonly role: Role | null;
  readonly scopes: ReadonlySet<Scope>;
}

/** The rights of a caller in a project. */
export interface Rights {
  /** Null for a key with its own scopes. */
  readonly role: Role | null;
  readonly scopes: ReadonlySet<Scope>;
  /** Rights over the prompts of teams that exceed those in the rest of the project, by name of the team. */
  readonly overTeams: ReadonlyMap<string, RightsOverTeam>;
}

const NONE: ReadonlySet<Scope> = new Set();
export const NO_TEAMS: ReadonlyMap<string, RightsOverTeam> = new Map();

/** Returns everything that a grant allows, regardless of the owner. A role allows what it does today. */
export function scopesOfGrant({ role, scopes }: Grant): ReadonlySet<Scope> {
  return role === null ? toScopes(scopes) : scopesForRole(role);
}

/** Returns what a key may do: no more than it was created with, and no more than its owner may do now. */
export function toRights(grant: Grant, owner: KeyOwner | null): Rights {
  const granted = scopesOfGrant(grant);
  if (owner === null) return { role: grant.role, scopes: granted, overTeams: NO_TEAMS };
  const within = (role: Role | null): RightsOverTeam => ({
    role: grant.role === null || role === null ? null : lesser(grant.role, role),
    scopes: role === null ? NONE : intersect(granted, scopesForRole(role)),
  });
  const wider = [...owner.teamRoles].filter(
    ([, role]) => owner.role === null || !isAtLeast(owner.role, role),
  );
  return {
    ...within(owner.role),
    overTeams: wider.length === 0 ? NO_TEAMS : new Map(wider.map(([team, role]) => [team, within(role)])),
  };
}

/** Returns the widest role that a user has anywhere in the project. */
export function widestRole({ role, teamRoles }: Pick<KeyOwner, 'role' | 'teamRoles'>): Role | null {
  let widest = role;
  for (const each of teamRoles.values()) if (widest === null || !isAtLeast(widest, each)) widest = each;
  return widest;
}

/** Returns a caller's rights over a prompt. @param ownerTeam null for a prompt without a team. */
export function rightsOver(rights: Rights, ownerTeam: string | null): RightsOverTeam {
  const ofTeam = ownerTeam === null ? undefined : rights.overTeams.get(ownerTeam);
  return ofTeam ?? rights;
}

/** Returns the role of a caller over a prompt; null for a key with its own scopes. @param ownerTeam as for {@link rightsOver}. */
export function roleOver(caller: Rights, ownerTeam: string | null): Role | null {
  return rightsOver(caller, ownerTeam).role;
}

function lesser(one: Role, other: Role): Role {
  return isAtLeast(one, other) ? other : one;
}

function intersect(one: ReadonlySet<Scope>, other: ReadonlySet<Scope>): ReadonlySet<Scope> {
  return new Set([...one].filter((scope) => other.has(scope)));
}
