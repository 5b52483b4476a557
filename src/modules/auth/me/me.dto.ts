import { ApiProperty } from '@nestjs/swagger';
import { type Role, ROLES } from '../../../entities/index.js';
import { ApiId } from '../../../infra/http/index.js';
import { type Scope, type ScopeOverPrompts, SCOPES, SCOPES_OVER_PROMPTS } from '../roles/scopes.js';

const KINDS = ['person', 'service', 'key', 'instance'] as const;

export class MyProjectDto {
  /** Id of the project. */
  @ApiId()
  project_id!: string;

  /** The display name of the project. */
  name!: string;
}

export class MyTeamDto {
  /** The team: prompts whose `owner_team` it is are what this is about. */
  name!: string;

  /** Your role over them; null for a key with scopes of its own. */
  @ApiProperty({ enum: ROLES, nullable: true })
  role!: Role | null;

  /** The scopes that you have over them. */
  @ApiProperty({ enum: SCOPES_OVER_PROMPTS, isArray: true })
  scopes!: ScopeOverPrompts[];
}

export class MeDto {
  /** `person` and `service` for a user, by a key or signed in; `key` for a key without an owner, `instance` for its admin. */
  @ApiProperty({ enum: KINDS })
  kind!: (typeof KINDS)[number];

  /** Id of the user; null for a key without an owner, and for the admin of the instance. */
  @ApiId()
  user_id!: string | null;

  /** Address of the user; null where there is none. */
  email!: string | null;

  /** The project in which this request acts; null for a person who is not a member of any yet. */
  project!: MyProjectDto | null;

  /**
   * The projects in which you can act, by name: of a person those that they are a member of, of a key its own, of the instance
   * the first 200 that are not archived.
   */
  projects!: MyProjectDto[];

  /** Your role in the project; null for a key with scopes of its own, and without a project. */
  @ApiProperty({ enum: ROLES, nullable: true })
  role!: Role | null;

  /** Your scopes in the project. */
  @ApiProperty({ enum: SCOPES, isArray: true })
  scopes!: Scope[];

  /** Teams over whose prompts you may do more than in the rest of the project, by name. */
  teams!: MyTeamDto[];

  /** The value that unsafe requests of a session send as `X-CSRF-Token`; null for a key, which needs none. */
  csrf_token!: string | null;
}
