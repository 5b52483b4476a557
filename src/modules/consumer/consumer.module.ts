import { Module } from '@nestjs/common';
import { ExecutionsModule } from '../executions/index.js';
import { ConsumerService } from './consumer.service.js';
import { executionsProcessorProvider } from './executions.processor.js';

/** Connects the bell to the runner, in the API process unless `WORKER=off`, and in the standalone worker. */
@Module({
  imports: [ExecutionsModule],
  providers: [ConsumerService, executionsProcessorProvider],
})
export class ConsumerModule {}
