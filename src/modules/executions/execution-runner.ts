import { Injectable, Logger } from '@nestjs/common';
import { type ClaimedExecution, ExecutionsRepository } from './executions.repository.js';
import { ProviderCaller } from './provider-caller.js';

/** Does what a claim promised: writes the attempt, makes the call, writes how it ended. */
@Injectable()
export class ExecutionRunner {
  private readonly logger = new Logger(ExecutionRunner.name);

  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly caller: ProviderCaller,
  ) {}

  /** Rejects only when the database does; then the lease lapses and a sweep decides. */
  async run(claimed: ClaimedExecution): Promise<void> {
    const { executionId } = claimed;
    const attempt = await this.executions.dispatch(claimed);
    if (attempt === null) {
      this.logger.warn(
        { executionId },
        'not called: the execution passed to another process before its call',
      );
      return;
    }
    const outcome = await this.caller.call({ ...claimed, attempt, deadlineMs: claimed.timeoutMs });
    const completedAt = await this.executions.finish(claimed, attempt, outcome);
    if (completedAt === null) {
      this.logger.warn(
        { executionId, attempt },
        'fenced: the execution passed to another process during its call',
      );
    }
  }
}
