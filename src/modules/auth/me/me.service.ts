import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../../infra/database/index.js';
import { type ProjectRef, ProjectsService } from '../../projects/index.js';
import type { Caller } from '../caller.js';
import { KeysRepository } from '../keys/keys.repository.js';
import type { MeDto, MyProjectDto } from './me.dto.js';
import { SCOPES } from '../roles/scopes.js';

const MOST_PROJECTS = 200;

/** Tells a caller who they are. */
@Injectable()
export class MeService {
  constructor(
    private readonly scope: TenantScope,
    private readonly keys: KeysRepository,
    private readonly projects: ProjectsService,
  ) {}

  async describe(caller: Caller): Promise<MeDto> {
    const { kind, userId, projectId, role, scopes } = caller;
    const project = projectView(await this.projects.get(projectId));
    const all = kind === 'instance' ? await this.projects.list(MOST_PROJECTS) : null;
    const email =
      userId === null
        ? null
        : await this.scope.transaction(projectId, (tx) => this.keys.findEmail(tx, userId));
    return {
      kind,
      user_id: userId,
      email,
      project,
      projects: all === null ? [project] : all.map(projectView),
      role,
      scopes: SCOPES.filter((scope) => scopes.has(scope)),
      csrf_token: null,
    };
  }
}

function projectView({ projectId, name }: ProjectRef): MyProjectDto {
  return { project_id: projectId, name };
}
