import { type ErrorEntry, LedgerError } from '../../../kernel/index.js';

export class BatchNotFoundError extends LedgerError {
  constructor(batchId: string) {
    super({
      code: 'BATCH_NOT_FOUND',
      status: 404,
      title: 'No such batch',
      detail: `Batch "${batchId}" was not found; its id is in the answer of POST /v1/executions:submit-batch.`,
    });
  }
}

/** Refuses a batch with the code of a single request, and lists every faulty entry. */
export class BatchEntriesRefusedError extends LedgerError {
  /** @param first the error of the first faulty entry. Only errors with the same code are listed. */
  constructor(first: LedgerError, errors: readonly ErrorEntry[]) {
    super({
      code: first.code,
      status: first.status,
      title: first.title,
      detail: `Correct the entries that "errors" lists; none was submitted. ${first.message}`,
      errors,
      extensions: first.extensions,
    });
  }
}
