import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { PromptsModule } from '../prompts/index.js';
import { RolloutDrafts } from './lifecycle/rollout-drafts.js';
import { RolloutTransitions } from './lifecycle/rollout-transitions.js';
import { RolloutsController } from './lifecycle/rollouts.controller.js';
import { RolloutsRepository } from './lifecycle/rollouts.repository.js';
import { RolloutsService } from './lifecycle/rollouts.service.js';
import { RolloutReportsController } from './reports/rollout-reports.controller.js';
import { RolloutReportsService } from './reports/rollout-reports.service.js';
import { LookTaker } from './watching/look-taker.js';
import { LooksRepository } from './watching/looks.repository.js';
import { RolloutDecider } from './watching/rollout-decider.js';
import { RolloutEventsRepository } from './watching/rollout-events.repository.js';
import { TakingInRepository } from './watching/taking-in.repository.js';
import { WatchedRolloutsRepository } from './watching/watched-rollouts.repository.js';

/** Changes the status of rollouts for all callers. */
@Module({
  imports: [AuditModule, PromptsModule],
  providers: [
    LooksRepository,
    RolloutDrafts,
    RolloutEventsRepository,
    RolloutsRepository,
    RolloutTransitions,
  ],
  exports: [LooksRepository, RolloutDrafts, RolloutEventsRepository, RolloutsRepository, RolloutTransitions],
})
export class RolloutsModule {}

/** Looks at rollouts and decides, in every process, with or without a consumer. */
@Module({
  imports: [RolloutsModule],
  providers: [LookTaker, RolloutDecider, TakingInRepository, WatchedRolloutsRepository],
})
export class RolloutsDeciderModule {}

/** The HTTP routes. */
@Module({
  imports: [AuditModule, PromptsModule, RolloutsModule],
  providers: [RolloutReportsService, RolloutsService],
  controllers: [RolloutsController, RolloutReportsController],
})
export class RolloutsHttpModule {}
