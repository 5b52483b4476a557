export { IdempotencyExpiry } from './idempotency-expiry.js';
export { IDEMPOTENCY_HEADER, IdempotencyKey, readUsedKey } from './idempotency-key.decorator.js';
export { IdempotencyRepository } from './idempotency.repository.js';
export { IdempotencyService, KEY_TAKEN, storedAnswer } from './idempotency.service.js';
export type { StoredAnswer, UsedKey } from './used-key.js';
