import { LedgerError } from '../../kernel/index.js';

/** An id shared by this many executions does not tell which one the outcome belongs to. */
export class CorrelationTooWideError extends LedgerError {
  constructor(correlationId: string, most: number) {
    super({
      code: 'CORRELATION_TOO_WIDE',
      status: 409,
      title: 'Too many executions have this correlation_id',
      detail: `More than ${most} executions have the correlation_id "${correlationId}"; name the one that is meant with execution_id.`,
    });
  }
}
