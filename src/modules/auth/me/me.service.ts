import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { type ProjectRef, ProjectsService } from '../../projects/index.js';
import type { Caller, CallerSession } from '../caller.js';
import { KeysRepository } from '../authentication/keys.repository.js';
import type { MeDto, MyProjectDto, MyTeamDto } from './me.dto.js';
import type { Rights } from '../roles/rights.js';
import { type Scope, SCOPES, SCOPES_OVER_PROMPTS } from '../roles/scopes.js';

const MOST_PROJECTS = 200;

/** Tells a caller who they are. */
@Injectable()
export class MeService {
  constructor(
    private readonly scope: TenantScope,
    private readonly keys: KeysRepository,
    private readonly projects: ProjectsService,
  ) {}

  /**
   * @param caller null for a signed-in person who is not a member of any project.
   * @param session null for a request with a key.
   */
  async describe(caller: Caller | null, session: CallerSession | null): Promise<MeDto> {
    const person = session?.person ?? null;
    const csrf_token = session?.csrfToken ?? null;
    if (caller === null) return toStranger(person, csrf_token);
    const { kind, userId, projectId, role, scopes } = caller;
    const project = projectView(await this.projects.get(projectId));
    return {
      kind,
      user_id: userId,
      email: person === null ? await this.findEmail(caller) : person.email,
      project,
      projects: await this.listProjects(caller, person, project),
      role,
      scopes: listScopes(scopes),
      teams: listTeams(caller),
      csrf_token,
    };
  }

  private async findEmail({ projectId, userId }: Caller): Promise<string | null> {
    if (userId === null) return null;
    return this.scope.transaction(projectId, (tx) => this.keys.findEmail(tx, userId));
  }

  private async listProjects(
    { kind }: Caller,
    person: CallerSession['person'],
    own: MyProjectDto,
  ): Promise<MyProjectDto[]> {
    if (person !== null) return person.projects.map(projectView);
    return kind === 'instance' ? (await this.projects.list(MOST_PROJECTS)).map(projectView) : [own];
  }
}

function toStranger(person: CallerSession['person'], csrf_token: string | null): MeDto {
  return {
    kind: 'person',
    user_id: person?.userId ?? null,
    email: person?.email ?? null,
    project: null,
    projects: [],
    role: null,
    scopes: [],
    teams: [],
    csrf_token,
  };
}

function listScopes(scopes: ReadonlySet<Scope>): Scope[] {
  return SCOPES.filter((scope) => scopes.has(scope));
}

function listTeams({ overTeams }: Rights): MyTeamDto[] {
  return [...overTeams]
    .map(([name, { role, scopes }]) => ({
      name,
      role,
      scopes: SCOPES_OVER_PROMPTS.filter((scope) => scopes.has(scope)),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function projectView({ projectId, name }: ProjectRef): MyProjectDto {
  return { project_id: projectId, name };
}
