import { Process, Processor } from '@nestjs/bull';
import type { FactoryProvider } from '@nestjs/common';
import type { Job } from 'bull';
import { Bell, BullBell, EXECUTIONS_QUEUE, HINTS_AT_ONCE } from '../../infra/bell/index.js';

/** Receives hints from Redis and passes them to the bell, which holds each until this process has a free slot. */
@Processor(EXECUTIONS_QUEUE)
export class ExecutionsProcessor {
  constructor(private readonly bell: BullBell) {}

  @Process({ concurrency: HINTS_AT_ONCE })
  async hear(job: Job<unknown>): Promise<void> {
    await this.bell.deliver(job.data);
  }
}

/** Created only if Redis rings, because Bull starts reading the queue for every processor that is instantiated. */
export const executionsProcessorProvider: FactoryProvider<ExecutionsProcessor | null> = {
  provide: ExecutionsProcessor,
  inject: [Bell],
  useFactory: (bell: Bell) => (bell instanceof BullBell ? new ExecutionsProcessor(bell) : null),
};
