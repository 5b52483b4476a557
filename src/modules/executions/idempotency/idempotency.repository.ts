import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExecutionErrorType, ExecutionStatus } from '../../../entities/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import type { StoredAnswer, UsedKey } from './used-key.js';

export interface KeyRecord {
  readonly fingerprint: Buffer;
  /** The execution or the batch that the key belongs to. */
  readonly subjectId: string | null;
  /** Null while the first request is in flight, or when its process died before it had an answer. */
  readonly answer: StoredAnswer | null;
  /** The status of a final execution without an answer; null otherwise. */
  readonly executionStatus: ExecutionStatus | null;
  readonly errorType: ExecutionErrorType | null;
  readonly errorMessage: string | null;
  readonly attemptsMade: number | null;
  /** When the content of the execution was erased, and the answer with it; null while the content exists. */
  readonly erasedAt: Date | null;
}

interface KeyRow extends Omit<KeyRecord, 'answer'> {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: Buffer | null;
}

/** Looks up the execution only when no answer is stored, and only among the final ones. */
const FIND = `SELECT k.fingerprint, k.execution_id AS "subjectId", k.status, k.headers, k.body, e.status AS "executionStatus",
    e.error_type AS "errorType", e.error_message AS "errorMessage", e.attempts_made AS "attemptsMade", k.erased_at AS "erasedAt"
  FROM idempotency_keys k
  LEFT JOIN LATERAL (
    SELECT e.status, e.error_type, e.error_message, e.attempts_made FROM executions e
    WHERE k.body IS NULL AND e.project_id = k.project_id AND e.execution_id = k.execution_id OFFSET 0) AS e ON true
  WHERE k.project_id = $1 AND k.route = $2 AND k.key = $3`;

const TAKE = `INSERT INTO idempotency_keys (project_id, route, key, fingerprint, execution_id, status, headers, body, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7::json, convert_to($8, 'UTF8'), now() + make_interval(hours => $9))
  ON CONFLICT DO NOTHING RETURNING key`;

const RESERVE = `INSERT INTO idempotency_keys (project_id, route, key, fingerprint, execution_id, expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + make_interval(hours => $6)) ON CONFLICT DO NOTHING RETURNING key`;

const STORE = `UPDATE idempotency_keys SET status = $4, headers = $5::json, body = convert_to($6, 'UTF8')
  WHERE project_id = $1 AND route = $2 AND key = $3 AND body IS NULL AND erased_at IS NULL RETURNING key`;

@Injectable()
export class IdempotencyRepository {
  constructor(
    private readonly scope: TenantScope,
    private readonly config: AppConfig,
  ) {}

  async find(projectId: string, { route, key }: UsedKey): Promise<KeyRecord | null> {
    const statement = { name: 'find-key', text: FIND, values: [projectId, route, key] };
    const [row] = await this.scope.statement<KeyRow & Record<string, unknown>>(projectId, statement);
    if (row === undefined) return null;
    const { status, headers, body, ...record } = row;
    const answer =
      status === null || body === null
        ? null
        : { status, headers: headers ?? {}, body: body.toString('utf8') };
    return { ...record, answer };
  }

  /**
   * Takes a key with its answer, in the transaction of the work that it answers for.
   * @param subjectId the id of what the work created.
   * @returns false when the key is taken.
   */
  async take(
    tx: EntityManager,
    projectId: string,
    { route, key, fingerprint }: UsedKey,
    subjectId: string,
    answer: StoredAnswer,
  ): Promise<boolean> {
    const { IDEMPOTENCY_TTL_HOURS: ttlHours } = this.config.env;
    const answered = [answer.status, JSON.stringify(answer.headers), answer.body, ttlHours];
    const values = [projectId, route, key, fingerprint, subjectId, ...answered];
    return (await tx.query<unknown[]>(TAKE, values)).length > 0;
  }

  /**
   * Takes a key without an answer.
   * @param executionId the subject of the request. Erasing that execution erases the fingerprint of the key.
   * @returns false when the key is taken.
   */
  async reserve(
    projectId: string,
    { route, key, fingerprint }: UsedKey,
    executionId: string,
  ): Promise<boolean> {
    const { IDEMPOTENCY_TTL_HOURS: ttlHours } = this.config.env;
    const values = [projectId, route, key, fingerprint, executionId, ttlHours];
    return (await this.scope.statement(projectId, { text: RESERVE, values })).length > 0;
  }

  /** @returns false when there is an answer already, which stays, and when it was erased. */
  async store(projectId: string, { route, key }: UsedKey, answer: StoredAnswer): Promise<boolean> {
    const values = [projectId, route, key, answer.status, JSON.stringify(answer.headers), answer.body];
    return (await this.scope.statement(projectId, { text: STORE, values })).length > 0;
  }

  /** @returns the number of removed keys; those of unfinished executions are kept. */
  async removeExpired(most: number): Promise<number> {
    const text = 'SELECT ledger_expire_idempotency_keys($1) AS removed';
    const [row] = await this.scope.system<{ removed: number }>(text, [most]);
    return row?.removed ?? 0;
  }
}
