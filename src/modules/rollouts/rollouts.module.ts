import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { PromptsModule } from '../prompts/index.js';
import { RolloutTransitions } from './lifecycle/rollout-transitions.js';
import { RolloutsController } from './lifecycle/rollouts.controller.js';
import { RolloutsRepository } from './lifecycle/rollouts.repository.js';
import { RolloutsService } from './lifecycle/rollouts.service.js';

/** What brings rollouts from one status to the next, whoever asks for it. */
@Module({
  imports: [AuditModule, PromptsModule],
  providers: [RolloutsRepository, RolloutTransitions],
  exports: [RolloutsRepository, RolloutTransitions],
})
export class RolloutsModule {}

/** The HTTP half. */
@Module({
  imports: [AuditModule, PromptsModule, RolloutsModule],
  providers: [RolloutsService],
  controllers: [RolloutsController],
})
export class RolloutsHttpModule {}
