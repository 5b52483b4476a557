import { Module } from '@nestjs/common';
import { ActivityRepository } from './activity/activity.repository.js';
import { ActivityService } from './activity/activity.service.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsService } from './analytics.service.js';
import { CostsService } from './costs/costs.service.js';
import { CountFolder } from './counts/count-folder.js';
import { ExecutionCostsRepository } from './costs/execution-costs.repository.js';
import { ExecutionCounts } from './counts/execution-counts.js';
import { ExecutionCountsRepository } from './counts/execution-counts.repository.js';
import { ExecutionFiguresRepository } from './figures/execution-figures.repository.js';
import { FiguresService } from './figures/figures.service.js';
import { ExecutionUsageRepository } from './counts/execution-usage.repository.js';

/** The counts for other modules, and their maintenance. A worker loads this and no controllers. */
@Module({
  providers: [
    ActivityRepository,
    ActivityService,
    AnalyticsService,
    CostsService,
    CountFolder,
    ExecutionCostsRepository,
    ExecutionCounts,
    ExecutionCountsRepository,
    ExecutionFiguresRepository,
    ExecutionUsageRepository,
    FiguresService,
  ],
  exports: [ActivityService, AnalyticsService, CostsService, ExecutionCounts, FiguresService],
})
export class AnalyticsModule {}

/** The HTTP routes. */
@Module({ imports: [AnalyticsModule], controllers: [AnalyticsController] })
export class AnalyticsHttpModule {}
