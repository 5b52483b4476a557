import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { ExecutionsModule } from '../executions/index.js';
import { OutcomesController } from './outcomes.controller.js';
import { OutcomesRepository } from './outcomes.repository.js';
import { OutcomesService } from './outcomes.service.js';

/** The HTTP routes. There is no other part, because modules that use outcomes read their table. */
@Module({
  imports: [AuditModule, ExecutionsModule],
  providers: [OutcomesRepository, OutcomesService],
  controllers: [OutcomesController],
})
export class OutcomesHttpModule {}
