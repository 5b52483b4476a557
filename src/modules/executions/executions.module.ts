import { Module } from '@nestjs/common';
import { ModelsModule } from '../models/index.js';
import { PromptsModule } from '../prompts/index.js';
import { ExecutionAdmission } from './execution-admission.js';
import { ExecutionReadsRepository } from './execution-reads.repository.js';
import { ExecutionRunner } from './execution-runner.js';
import { ExecutionSweeper } from './execution-sweeper.js';
import { ExecutionsController } from './executions.controller.js';
import { ExecutionsRepository } from './executions.repository.js';
import { ExecutionsService } from './executions.service.js';
import { ProviderCaller } from './provider-caller.js';

/** What others need of executions. A worker loads this and no controllers. */
@Module({
  imports: [ModelsModule, PromptsModule],
  providers: [
    ExecutionAdmission,
    ExecutionReadsRepository,
    ExecutionRunner,
    ExecutionSweeper,
    ExecutionsRepository,
    ExecutionsService,
    ProviderCaller,
  ],
  exports: [ExecutionRunner, ExecutionsRepository, ExecutionsService],
})
export class ExecutionsModule {}

/** The HTTP half. */
@Module({ imports: [ExecutionsModule], controllers: [ExecutionsController] })
export class ExecutionsHttpModule {}
