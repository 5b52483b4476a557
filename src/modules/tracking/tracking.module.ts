import { Module } from '@nestjs/common';
import { AnalyticsModule } from '../analytics/index.js';
import { AuditModule } from '../audit/index.js';
import { ExecutionsModule } from '../executions/index.js';
import { LimitsModule } from '../limits/index.js';
import { ProjectsModule } from '../projects/index.js';
import { PromptsModule } from '../prompts/index.js';
import { VersionsModule } from '../versions/index.js';
import { ExecutePromptService } from './execute/execute-prompt.service.js';
import { HistoryRepository } from './history.repository.js';
import { HistoryService } from './history.service.js';
import { MigratePromptsService } from './migrate/migrate-prompts.service.js';
import { RegisterCodeService } from './register/register-code.service.js';
import { RetirePromptsService } from './register/retire-prompts.service.js';
import { TrackedRegistryRepository } from './tracked-registry.repository.js';
import { TrackedRegistry } from './tracked-registry.js';
import { TrackingController } from './tracking.controller.js';

/** Provides the services for code registries, without HTTP. */
@Module({
  imports: [AnalyticsModule, AuditModule, ExecutionsModule, ProjectsModule, PromptsModule, VersionsModule],
  providers: [
    ExecutePromptService,
    HistoryRepository,
    HistoryService,
    MigratePromptsService,
    RegisterCodeService,
    RetirePromptsService,
    TrackedRegistry,
    TrackedRegistryRepository,
  ],
  exports: [
    ExecutePromptService,
    HistoryService,
    MigratePromptsService,
    RegisterCodeService,
    RetirePromptsService,
  ],
})
export class TrackingModule {}

/** Adds the controller. */
@Module({ imports: [TrackingModule, LimitsModule], controllers: [TrackingController] })
export class TrackingHttpModule {}
