import { Injectable } from '@nestjs/common';
import { Expiry } from '../../../infra/database/index.js';
import { ResponseCacheRepository } from './response-cache.repository.js';

/** Removes expired entries of the response cache. The executions stay. */
@Injectable()
export class CacheExpiry extends Expiry {
  constructor(private readonly entries: ResponseCacheRepository) {
    super({
      intervalMs: 600_000,
      mostAtOnce: 1000,
      failure: 'expired entries of the response cache could not be removed',
    });
  }

  protected expireSome(most: number): Promise<number> {
    return this.entries.removeExpired(most);
  }
}
