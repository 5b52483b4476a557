import { Module } from '@nestjs/common';
import { ProjectPolicies } from './project-policies.js';
import { ProjectsRepository } from './projects.repository.js';
import { ProjectsService } from './projects.service.js';

@Module({
  providers: [ProjectPolicies, ProjectsRepository, ProjectsService],
  exports: [ProjectPolicies, ProjectsService],
})
export class ProjectsModule {}
