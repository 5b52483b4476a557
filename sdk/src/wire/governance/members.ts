import type { ProjectRef } from './projects.js';
import type { Role, Scope } from './roles.js';

/** A person signs in; a service account only has keys. */
export type UserKind = 'person' | 'service';

export interface CreateUserRequest {
  readonly kind: UserKind;
  readonly name: string;
  /** Required for a person. */
  readonly email?: string | null;
}

export interface UpdateUserRequest {
  /** True disables all of their keys everywhere within seconds. */
  readonly disabled: boolean;
}

export interface User {
  readonly user_id: string;
  readonly kind: UserKind;
  readonly email: string | null;
  readonly name: string;
  readonly disabled: boolean;
  readonly disabled_at: string | null;
  readonly created_at: string;
}

export interface UserList {
  /** Oldest first. */
  readonly users: readonly User[];
  readonly next_cursor: string | null;
}

export interface ListUsersQuery {
  readonly kind?: UserKind;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}

export interface PutMemberRequest {
  readonly role: Role;
}

export interface Member {
  readonly user_id: string;
  readonly kind: UserKind;
  readonly email: string | null;
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  readonly added_at: string;
  readonly added_by: string;
}

export interface MemberList {
  readonly members: readonly Member[];
  readonly next_cursor: string | null;
}

export interface PutTeamRequest {
  /** Ids of project members, which replace the current ones. */
  readonly members: readonly string[];
  /** The role over the prompts whose `owner_team` is the team's name. */
  readonly role: Role;
}

export interface Team {
  readonly name: string;
  readonly role: Role;
  readonly members: readonly string[];
  readonly created_at: string;
  readonly updated_at: string;
}

export interface TeamList {
  /** Ordered by name. */
  readonly teams: readonly Team[];
  readonly next_cursor: string | null;
}

/** Your role over the prompts of a team, in addition to that in the project. */
export interface MyTeam {
  readonly name: string;
  /** Null for a key with scopes of its own. */
  readonly role: Role | null;
  readonly scopes: readonly Scope[];
}

/** The caller and their permissions. */
export interface Me {
  /** `key` means a key without an owner; `instance` means the instance's admin. */
  readonly kind: UserKind | 'key' | 'instance';
  readonly user_id: string | null;
  readonly email: string | null;
  /** The project in which you act; null for a person without a membership. */
  readonly project: ProjectRef | null;
  /** The projects in which you can act. */
  readonly projects: readonly ProjectRef[];
  /** Null for a key with scopes of its own. */
  readonly role: Role | null;
  readonly scopes: readonly Scope[];
  /** Teams that give the caller additional rights over their prompts, ordered by name. */
  readonly teams: readonly MyTeam[];
  /** Null for a key. */
  readonly csrf_token: string | null;
}
