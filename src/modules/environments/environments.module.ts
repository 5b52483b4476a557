import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { PromptsModule } from '../prompts/index.js';
import { EnvironmentsController } from './environments.controller.js';
import { EnvironmentsRepository } from './environments.repository.js';
import { EnvironmentsService } from './environments.service.js';
import { PointersController } from './pointers.controller.js';
import { PointersRepository } from './pointers.repository.js';
import { PointersService } from './pointers.service.js';

/** Changes the rules of environments and their pointers. The prompts module applies them to executions. */
@Module({
  imports: [AuditModule, PromptsModule],
  providers: [EnvironmentsRepository, EnvironmentsService, PointersRepository, PointersService],
  exports: [EnvironmentsService, PointersService],
})
export class EnvironmentsModule {}

/** The HTTP routes. */
@Module({ imports: [EnvironmentsModule], controllers: [EnvironmentsController, PointersController] })
export class EnvironmentsHttpModule {}
