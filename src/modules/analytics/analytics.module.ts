import { Module } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsService } from './analytics.service.js';
import { CostsService } from './costs.service.js';
import { CountFolder } from './count-folder.js';
import { ExecutionCostsRepository } from './execution-costs.repository.js';
import { ExecutionCounts } from './execution-counts.js';
import { ExecutionCountsRepository } from './execution-counts.repository.js';

/** What others need of the counts, and their upkeep. A worker loads this and no controllers. */
@Module({
  providers: [
    AnalyticsService,
    CostsService,
    CountFolder,
    ExecutionCostsRepository,
    ExecutionCounts,
    ExecutionCountsRepository,
  ],
  exports: [AnalyticsService, CostsService, ExecutionCounts],
})
export class AnalyticsModule {}

/** The HTTP half. */
@Module({ imports: [AnalyticsModule], controllers: [AnalyticsController] })
export class AnalyticsHttpModule {}
