import { IdempotencyInFlightError, IdempotencyKeyReusedError } from './errors.js';

describe('what a client is told of a key', () => {
  it('that belongs to another request: nothing is gained by sending it again', () => {
    expect(new IdempotencyKeyReusedError('order-7')).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      status: 422,
      title: 'The idempotency key belongs to another request',
      message:
        'The Idempotency-Key "order-7" was used for a request with another body; send a new key, or the first body again.',
      retryable: false,
      headers: {},
    });
  });

  it('whose request is still running: to come back in a second, and what to look at meanwhile', () => {
    expect(new IdempotencyInFlightError('order-7', 'e-1')).toMatchObject({
      code: 'IDEMPOTENCY_IN_FLIGHT',
      status: 409,
      title: 'The first request with this idempotency key is still running',
      message:
        'The first request with the Idempotency-Key "order-7" has no answer yet; send it again in a second, or look at the execution.',
      retryable: true,
      extensions: { execution_id: 'e-1' },
      headers: { 'Retry-After': '1' },
    });
  });
});
