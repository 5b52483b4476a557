import { Injectable } from '@nestjs/common';
import { Expiry } from '../../../infra/database/index.js';
import { ResponseCacheRepository } from './response-cache.repository.js';

/** Entries of the response cache that are too old for whoever asked for them. The executions stay. */
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
