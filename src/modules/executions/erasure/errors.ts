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

/** The request needs content that was erased. */
export class ContentErasedError extends LedgerError {
  private constructor(detail: string, extensions: Readonly<Record<string, unknown>>) {
    super({ code: 'CONTENT_ERASED', status: 410, title: 'The content was erased', detail, extensions });
  }

  /** Refuses a repeated request whose execution's content was erased: its answer is gone, and it is not run again. */
  static ofAnswer(executionId: string | null, erasedAt: Date): ContentErasedError {
    return new ContentErasedError(
      'The answer to the first request with this Idempotency-Key was erased; send a new key to run it again.',
      { execution_id: executionId, content_erased_at: erasedAt.toISOString() },
    );
  }

  /** Refuses a score with an explanation, because explanations are content as well. */
  static ofExplained(executionId: string, erasedAt: Date): ContentErasedError {
    return new ContentErasedError(
      `The content of execution "${executionId}" was erased; send the score without an explanation.`,
      { execution_id: executionId, content_erased_at: erasedAt.toISOString() },
    );
  }

  /** Refuses a judgement of an execution whose content has been erased in the meantime. */
  static ofScored(executionId: string): ContentErasedError {
    return new ContentErasedError(
      `The content of execution "${executionId}" was erased, and there is nothing to judge any more.`,
      { execution_id: executionId },
    );
  }
}
