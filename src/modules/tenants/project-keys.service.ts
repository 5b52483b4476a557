import { Injectable } from '@nestjs/common';
import { type Caller, type CreatedKeyDto, type CreateKeyDto, KeysService } from '../auth/index.js';
import { ProjectsService } from '../projects/index.js';

/** Creates keys in projects in which the caller does not act. */
@Injectable()
export class ProjectKeysService {
  constructor(
    private readonly projects: ProjectsService,
    private readonly keys: KeysService,
  ) {}

  /** @throws ProjectNotFoundError `PROJECT_NOT_FOUND`, even for an archived project, and what creating a key throws. */
  async create(caller: Caller, projectId: string, request: CreateKeyDto): Promise<CreatedKeyDto> {
    await this.projects.get(projectId);
    return this.keys.create({ ...caller, projectId }, request);
  }
}
