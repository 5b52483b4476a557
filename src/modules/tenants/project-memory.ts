import { Injectable } from '@nestjs/common';
import { Authenticator } from '../auth/index.js';
import { ProjectPolicies, ProjectsService } from '../projects/index.js';

/** What this process remembers of projects. The others follow when what they know is too old. */
@Injectable()
export class ProjectMemory {
  constructor(
    private readonly projects: ProjectsService,
    private readonly policies: ProjectPolicies,
    private readonly authenticator: Authenticator,
  ) {}

  /** For a project that was changed: all of it is read again. */
  forget(projectId: string): void {
    this.projects.forget();
    this.policies.forget(projectId);
    this.authenticator.forgetProject(projectId);
  }
}
