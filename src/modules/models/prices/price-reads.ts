import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CacheCounts, Clock } from '../../../kernel/index.js';
import { priceAt, type PriceRecord } from './price-records.js';
import { PricesRepository, type StoredTerms } from './prices.repository.js';

/** How long another process may still use a price that was changed here. */
const TTL_MS = 4000;
/** Each takes some hundred bytes, because most models have one price. */
const MAX_CACHED_MODELS = 10_000;

/** The price and the limits of a model. */
export interface ModelTerms {
  /** The price in force; null if unknown. */
  readonly price: PriceRecord | null;
  /** The maximum tokens of one answer; null if unknown. */
  readonly maxTokens: number | null;
}

interface CachedTerms extends StoredTerms {
  readonly readAtMs: number;
}

/** Looks up prices for model calls, from a cache that is at most a few seconds old. */
@Injectable()
export class PriceReads {
  readonly counts = new CacheCounts();
  private readonly cache = new LRUCache<string, CachedTerms>({ max: MAX_CACHED_MODELS });
  /** Lookups in flight, shared by all callers of the same model. */
  private readonly looks = new Map<string, Promise<StoredTerms>>();
  private writes = 0;

  constructor(
    private readonly prices: PricesRepository,
    private readonly clock: Clock,
  ) {}

  /** Returns the terms of the model at the given time, by the database's clock. */
  async findTerms(projectId: string, provider: string, modelName: string, at: Date): Promise<ModelTerms> {
    const known = this.peekTerms(projectId, provider, modelName, at);
    if (known !== null) return known;
    this.counts.misses += 1;
    const key = toKey(projectId, provider, modelName);
    return termsAt(await this.lookOnce(key, projectId, provider, modelName), at);
  }

  /** Does the same from the cache; null if the entry is missing or too old. */
  peekTerms(projectId: string, provider: string, modelName: string, at: Date): ModelTerms | null {
    const cached = this.cache.get(toKey(projectId, provider, modelName));
    const isFresh = cached !== undefined && this.clock.monotonicMs() - cached.readAtMs < TTL_MS;
    if (!isFresh) return null;
    this.counts.hits += 1;
    return termsAt(cached, at);
  }

  /** Clears the cache after a write. This process sees the write at once, the others when their entries expire. */
  forget(): void {
    this.writes += 1;
    this.cache.clear();
    // A lookup that began before the write must not serve later requests.
    this.looks.clear();
  }

  private lookOnce(
    key: string,
    projectId: string,
    provider: string,
    modelName: string,
  ): Promise<StoredTerms> {
    const known = this.looks.get(key);
    if (known !== undefined) return known;
    const look = this.read(key, projectId, provider, modelName).finally(() => {
      if (this.looks.get(key) === look) this.looks.delete(key);
    });
    this.looks.set(key, look);
    return look;
  }

  private async read(
    key: string,
    projectId: string,
    provider: string,
    modelName: string,
  ): Promise<StoredTerms> {
    const { writes } = this;
    // The age counts from before the look-up, so that a slow one does not stretch it.
    const readAtMs = this.clock.monotonicMs();
    const terms = await this.prices.findTerms(projectId, provider, modelName);
    // Terms read during a write may predate it.
    if (writes === this.writes) this.cache.set(key, { ...terms, readAtMs });
    return terms;
  }
}

function toKey(projectId: string, provider: string, modelName: string): string {
  return `${projectId}\0${provider}\0${modelName}`;
}

function termsAt({ prices, maxTokens }: StoredTerms, at: Date): ModelTerms {
  return { price: priceAt(prices, at), maxTokens };
}
