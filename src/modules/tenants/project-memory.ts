import { Injectable } from '@nestjs/common';
import { Authenticator } from '../auth/index.js';
import { ProjectPolicies, ProjectsService } from '../projects/index.js';

/** The cached facts of projects in this process. Other processes follow when their own entries expire. */
@Injectable()
export class ProjectMemory {
  constructor(
    private readonly projects: ProjectsService,
    private readonly policies: ProjectPolicies,
    private readonly authenticator: Authenticator,
  ) {}

  /** Forgets everything about a changed project. */
  forget(projectId: string): void {
    this.projects.forget();
    this.policies.forget(projectId);
    this.authenticator.forgetProject(projectId);
  }
}
