import { Module } from '@nestjs/common';
import { OutboundModule } from '../../infra/outbound/index.js';
import { AuditModule } from '../audit/index.js';
import { AuthModule } from '../auth/index.js';
import { ModelsModule } from '../models/index.js';
import { ProjectsModule } from '../projects/index.js';
import { ProjectKeysService } from './project-keys.service.js';
import { ProjectMemory } from './project-memory.js';
import { ProjectSeeds } from './project-seeds.js';
import { TenantsController } from './tenants.controller.js';
import { TenantsRepository } from './tenants.repository.js';
import { TenantsService } from './tenants.service.js';

/**
 * Creates and changes projects. The projects module finds them, below authentication. The initial content of a new project comes from
 * modules above it.
 */
@Module({
  imports: [AuditModule, AuthModule, ModelsModule, OutboundModule, ProjectsModule],
  controllers: [TenantsController],
  providers: [ProjectKeysService, ProjectMemory, ProjectSeeds, TenantsRepository, TenantsService],
})
export class TenantsModule {}
