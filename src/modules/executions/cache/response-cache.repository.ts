import { Injectable } from '@nestjs/common';
import type { StoredToolCall } from '../../../entities/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import { isDatabaseOutage, TenantScope } from '../../../infra/database/index.js';
import { isThereAfterAll } from '../after-outage.js';
import { type Beginning, insertionRow } from '../execution-rows.js';
import { FIND_INSERTED } from '../executions.sql.js';
import { ANSWER, CLAIM, FIND, INSERT_CACHED, UNCLAIM } from './response-cache.sql.js';

/** An answer that may be given again. */
export interface CachedAnswer {
  /** Whose answer it is. */
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
}

/** What is known under a key: an answer, somebody who is about to have one, or something of no use. */
export interface CacheEntry extends CachedAnswer {
  readonly state: 'answer' | 'under_way' | 'unusable';
}

@Injectable()
export class ResponseCacheRepository {
  constructor(
    private readonly scope: TenantScope,
    private readonly config: AppConfig,
  ) {}

  /** @param ttlS how old an answer may be. */
  async find(projectId: string, cacheKey: Buffer, ttlS: number): Promise<CacheEntry | null> {
    const statement = { name: 'find-cached', text: FIND, values: [projectId, cacheKey, ttlS] };
    const [row] = await this.scope.statement<CacheEntry & Record<string, unknown>>(projectId, statement);
    return row ?? null;
  }

  /**
   * Says that this execution will have the answer.
   * @param instead the execution that was found under the key and is of no use; null when there was nothing.
   * @returns false when somebody else was first.
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

  /** Takes the word back of an execution that has no answer, so that nobody waits for it. */
  async unclaim(projectId: string, cacheKey: Buffer, executionId: string): Promise<void> {
    await this.scope.statement(projectId, { text: UNCLAIM, values: [projectId, cacheKey, executionId] });
  }

  /**
   * An execution that is answered from another: taken on and over in one transaction, by the same moves as any other, so
   * that whoever hears of those hears of it.
   * @param completedAt as its answer says already; null: now.
   */
  async insertAnswered(
    beginning: Omit<Beginning, 'status'>,
    cached: CachedAnswer,
    completedAt: Date | null = null,
  ): Promise<'inserted' | 'stale' | 'key_taken'> {
    const { IDEMPOTENCY_TTL_HOURS: keyTtlHours } = this.config.env;
    const row = insertionRow({ ...beginning, status: 'running', model: cached }, keyTtlHours * 3_600_000);
    const { projectId, executionId } = beginning;
    try {
      return await this.scope.transaction(projectId, async (tx) => {
        const [found] = await tx.query<[{ inserted: boolean; stale: boolean }]>(INSERT_CACHED, [
          JSON.stringify([row]),
          cached.executionId,
        ]);
        if (!found.inserted) return found.stale ? 'stale' : 'key_taken';
        await tx.query(ANSWER, [projectId, executionId, cached.executionId, completedAt]);
        return 'inserted';
      });
    } catch (error) {
      const values = [JSON.stringify([{ project_id: projectId, execution_id: executionId }])];
      const statement = { name: 'find-inserted', text: FIND_INSERTED, values };
      const isThere = async () => (await this.scope.statement(projectId, statement)).length > 0;
      if (!isDatabaseOutage(error) || !(await isThereAfterAll(isThere))) throw error;
      return 'inserted';
    }
  }

  /** @returns how many were removed. */
  async removeExpired(most: number): Promise<number> {
    const text = 'SELECT ledger_expire_responses($1) AS removed';
    const [row] = await this.scope.system<{ removed: number }>(text, [most]);
    return row?.removed ?? 0;
  }
}
