import { Injectable } from '@nestjs/common';
import type { StoredOutputCheck, StoredToolCall } from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import { CLAIM, FIND, UNCLAIM } from './response-cache.sql.js';

/** An answer that may be reused. */
export interface CachedAnswer {
  /** The execution that the answer belongs to. */
  readonly executionId: string;
  readonly provider: string;
  readonly modelName: string;
  readonly modelId: string;
  readonly finishReason: string | null;
  readonly promptTokens: number | null;
  readonly responseTokens: number | null;
  readonly cachedPromptTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly responseText: string;
  readonly responseSha256: string;
  readonly toolCalls: StoredToolCall[] | null;
  /** Null where the answer was not checked. */
  readonly outputCheck: StoredOutputCheck | null;
}

/** The state of a key: an answer, an execution that is about to have one, or neither. */
export interface CacheEntry extends CachedAnswer {
  readonly state: 'answer' | 'under_way' | 'unusable';
}

@Injectable()
export class ResponseCacheRepository {
  constructor(private readonly scope: TenantScope) {}

  /** @param ttlS the maximum age of an answer, in seconds. */
  async find(projectId: string, cacheKey: Buffer, ttlS: number): Promise<CacheEntry | null> {
    const statement = { name: 'find-cached', text: FIND, values: [projectId, cacheKey, ttlS] };
    const [row] = await this.scope.statement<CacheEntry & Record<string, unknown>>(projectId, statement);
    return row ?? null;
  }

  /**
   * Claims the key for this execution, which is going to have the answer.
   * @param instead the unusable execution that was found under the key; null when there was none.
   * @returns false when another execution was first.
   */
  async claim(
    projectId: string,
    cacheKey: Buffer,
    { executionId, instead, ttlS }: { executionId: string; instead: string | null; ttlS: number },
  ): Promise<boolean> {
    const values = [projectId, cacheKey, executionId, ttlS, instead];
    const statement = { name: 'claim-cached', text: CLAIM, values };
    return (await this.scope.statement(projectId, statement)).length > 0;
  }

  /** Withdraws the claim of an execution without an answer, so that no request waits for it. */
  async unclaim(projectId: string, cacheKey: Buffer, executionId: string): Promise<void> {
    await this.scope.statement(projectId, { text: UNCLAIM, values: [projectId, cacheKey, executionId] });
  }

  /** @returns the number of removed entries. */
  async removeExpired(most: number): Promise<number> {
    const text = 'SELECT ledger_expire_responses($1) AS removed';
    const [row] = await this.scope.system<{ removed: number }>(text, [most]);
    return row?.removed ?? 0;
  }
}
