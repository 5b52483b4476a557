import { Injectable } from '@nestjs/common';
import { Expiry } from '../../../infra/database/index.js';
import { IdempotencyRepository } from './idempotency.repository.js';

/** Removes expired idempotency keys. */
@Injectable()
export class IdempotencyExpiry extends Expiry {
  constructor(private readonly keys: IdempotencyRepository) {
    super({
      intervalMs: 600_000,
      mostAtOnce: 1000,
      failure: 'expired idempotency keys could not be removed',
    });
  }

  protected expireSome(most: number): Promise<number> {
    return this.keys.removeExpired(most);
  }
}
