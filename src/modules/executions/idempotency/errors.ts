import { LedgerError } from '../../../kernel/index.js';

const RETRY_AFTER_SECONDS = 1;

export class IdempotencyKeyReusedError extends LedgerError {
  constructor(key: string) {
    super({
      code: 'IDEMPOTENCY_KEY_REUSED',
      status: 422,
      title: 'The idempotency key belongs to another request',
      detail: `The Idempotency-Key "${key}" was used for a request with another body; send a new key, or the first body again.`,
    });
  }
}

export class IdempotencyInFlightError extends LedgerError {
  constructor(key: string, executionId: string | null) {
    super({
      code: 'IDEMPOTENCY_IN_FLIGHT',
      status: 409,
      title: 'The first request with this idempotency key is still running',
      detail: `The first request with the Idempotency-Key "${key}" has no answer yet; send it again in a second, or look at the execution.`,
      retryable: true,
      extensions: { execution_id: executionId },
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
    });
  }
}
