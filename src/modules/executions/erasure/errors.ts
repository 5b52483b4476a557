import { LedgerError } from '../../../kernel/index.js';

export class ExecutionNotFinalError extends LedgerError {
  constructor(executionId: string) {
    super({
      code: 'EXECUTION_NOT_FINAL',
      status: 409,
      title: 'The execution is not over',
      detail: `Execution "${executionId}" still needs its content; cancel it or wait for its end, then erase it.`,
      retryable: true,
      extensions: { execution_id: executionId },
    });
  }
}

/** For a request that is sent again after the content of its execution was erased: its answer is gone, and it is not run anew. */
export class ContentErasedError extends LedgerError {
  constructor(executionId: string | null, erasedAt: Date) {
    super({
      code: 'CONTENT_ERASED',
      status: 410,
      title: 'The content was erased',
      detail:
        'The answer to the first request with this Idempotency-Key was erased; send a new key to run it again.',
      extensions: { execution_id: executionId, content_erased_at: erasedAt.toISOString() },
    });
  }
}
