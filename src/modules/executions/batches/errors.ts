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

/** The same as of a single request, for all entries at once. */
export class BatchEntriesRefusedError extends LedgerError {
  /** @param first what is wrong with the first of them; the others have the same code or come later. */
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
