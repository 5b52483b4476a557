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
  /** Name of the team. The rights concern the prompts with this `owner_team`. */
  name!: string;

  /** Your role over its prompts; null for a key with its own scopes. */
  @ApiProperty({ enum: ROLES, nullable: true })
  role!: Role | null;

  /** Your scopes over its prompts. */
  @ApiProperty({ enum: SCOPES_OVER_PROMPTS, isArray: true })
  scopes!: ScopeOverPrompts[];
}

export class MeDto {
  /** `person` and `service` for a user, with a key or signed in; `key` for a key without an owner; `instance` for the instance admin. */
  @ApiProperty({ enum: KINDS })
  kind!: (typeof KINDS)[number];

  /** Id of the user; null for a key without an owner, and for the instance admin. */
  @ApiId()
  user_id!: string | null;

  /** Email address of the user; null for none. */
  email!: string | null;

  /** The project in which this request acts; null for a person who is not yet a member of any. */
  project!: MyProjectDto | null;

  /** The projects in which you can act, by name. A person: their memberships. A key: its own. The instance: the first 200 not archived. */
  projects!: MyProjectDto[];

  /** Your role in the project; null for a key with its own scopes, and without a project. */
  @ApiProperty({ enum: ROLES, nullable: true })
  role!: Role | null;

  /** Your scopes in the project. */
  @ApiProperty({ enum: SCOPES, isArray: true })
  scopes!: Scope[];

  /** Teams over whose prompts you have more rights than in the rest of the project, by name. */
  teams!: MyTeamDto[];

  /** The value that unsafe requests of a session send as `X-CSRF-Token`; null for a key, which needs none. */
  csrf_token!: string | null;
}
