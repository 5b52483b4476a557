import { LedgerError } from '../../../kernel/index.js';

/** The call came back after its lease had lapsed and the execution had been ended as unknown. */
export class OwnershipLostError extends LedgerError {
  constructor(executionId: string) {
    super({
      code: 'EXECUTION_OWNERSHIP_LOST',
      status: 500,
      title: 'The execution was ended by another process',
      detail: `The answer came too late to count; GET /v1/executions/${executionId} shows what was recorded.`,
      extensions: { execution_id: executionId },
    });
  }
}
