import { Injectable } from '@nestjs/common';
import type { ExecutionStatus } from '../../../entities/index.js';
import { AppConfig } from '../../../infra/config/index.js';
import { isDatabaseOutage, TenantScope } from '../../../infra/database/index.js';
import { heavyWork } from '../../../kernel/index.js';
import { wasWrittenBeforeOutage } from '../queue/after-outage.js';
import type { AdmittedPrompt } from '../admission/execution-request.js';
import type { StoredAnswer, UsedKey } from '../idempotency/index.js';
import {
  BEGIN,
  beginEntry,
  type Beginning,
  beginValues,
  type Begun,
  type BegunExecution,
  BEGUN_FREELY,
  toBegun,
  type BegunRow,
  toRefusal,
} from '../record/index.js';

export interface NewBatch {
  readonly projectId: string;
  readonly batchId: string;
  readonly requestedBy: string;
  readonly callbackUrl: string | null;
  readonly createdAt: Date;
  /** In order; at least one. */
  readonly beginnings: readonly Beginning[];
  readonly key: UsedKey | null;
  readonly answer: StoredAnswer;
}

export interface BatchRecord {
  readonly batchId: string;
  readonly promptName: string;
  readonly versionNumber: number;
  readonly provider: string;
  readonly modelName: string;
  readonly environment: string;
  readonly size: number;
  readonly callbackUrl: string | null;
  readonly createdAt: Date;
  readonly canceledAt: Date | null;
}

export interface BatchProgress {
  readonly counts: Readonly<Partial<Record<ExecutionStatus, number>>>;
  /** The time at which the latest execution became final. */
  readonly lastCompletedAt: Date | null;
}

const INSERT_KEY = `INSERT INTO idempotency_keys (project_id, route, key, fingerprint, execution_id, status, headers, body, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7::json, convert_to($8, 'UTF8'), now() + make_interval(hours => $9))
  ON CONFLICT DO NOTHING RETURNING key`;

const INSERT_BATCH = `INSERT INTO batches (project_id, batch_id, prompt_id, version_id, model_id, environment, size, callback_url, requested_by, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

const FIND = `SELECT b.batch_id AS "batchId", p.name AS "promptName", v.version_number AS "versionNumber", m.provider,
    m.model_name AS "modelName", b.environment, b.size, b.callback_url AS "callbackUrl", b.created_at AS "createdAt",
    b.canceled_at AS "canceledAt"
  FROM batches b
  JOIN prompt_versions v ON v.project_id = b.project_id AND v.version_id = b.version_id
  JOIN prompts p ON p.project_id = b.project_id AND p.prompt_id = b.prompt_id
  JOIN models m ON m.project_id = b.project_id AND m.model_id = b.model_id
  WHERE b.project_id = $1 AND b.batch_id = $2`;

/** The ids of a batch's executions are generated with it, so they lie in the partitions of that minute. */
const NEAR_BATCH = `e.execution_id >= ledger_uuid7_floor($3::timestamptz - interval '1 minute')
    AND e.execution_id < ledger_uuid7_floor($3::timestamptz + interval '1 minute')`;

const COUNT = `SELECT status, sum(count)::integer AS count, max("lastCompletedAt") AS "lastCompletedAt" FROM (
    SELECT f.status, count(*) AS count, NULL::timestamptz AS "lastCompletedAt"
    FROM executions_in_flight f WHERE f.project_id = $1 AND f.batch_id = $2 GROUP BY f.status
    UNION ALL
    SELECT e.status, count(*), max(e.completed_at)
    FROM executions e WHERE e.project_id = $1 AND e.batch_id = $2 AND ${NEAR_BATCH} GROUP BY e.status) AS counted
  GROUP BY status`;

/** Rolls everything back for a stale prompt or a taken key, so that a batch is stored as a whole or not at all. */
class NotInserted extends Error {
  constructor(readonly reason: Extract<Begun, string>) {
    super(reason);
  }
}

@Injectable()
export class BatchesRepository {
  constructor(
    private readonly scope: TenantScope,
    private readonly config: AppConfig,
  ) {}

  /**
   * Inserts key, batch and executions in one transaction.
   * @throws BudgetExceededError `BUDGET_EXCEEDED` when a budget has not enough left for all of them.
   */
  async insert(batch: NewBatch): Promise<Begun> {
    const { projectId, key } = batch;
    const { IDEMPOTENCY_TTL_HOURS: keyTtlHours, BUDGET_HOLD_MS: holdMs } = this.config.env;
    try {
      return await this.scope.transaction(projectId, async (tx) => {
        if (key !== null) {
          const stored: unknown[] = await tx.query(INSERT_KEY, [...keyValues(batch, key), keyTtlHours]);
          if (stored.length === 0) throw new NotInserted('key_taken');
        }
        await tx.query(INSERT_BATCH, batchValues(batch));
        const found: BegunRow[] = [];
        for (const part of splitParts(batch.beginnings)) {
          const entries = part.map((beginning) => beginEntry(beginning, 0));
          const values = await heavyWork.run(() => beginValues(entries, holdMs, false));
          found.push(...(await tx.query<BegunRow[]>(BEGIN, values)));
          for (const row of found) {
            const refusal = toRefusal(row);
            if (refusal !== null) throw refusal;
            if (row.state !== 'begun') throw new NotInserted('stale');
          }
        }
        return fullest(found);
      });
    } catch (error) {
      if (error instanceof NotInserted) return error.reason;
      const isThere = async () => (await this.find(projectId, batch.batchId)) !== null;
      if (!isDatabaseOutage(error) || !(await wasWrittenBeforeOutage(isThere))) throw error;
      return BEGUN_FREELY;
    }
  }

  async find(projectId: string, batchId: string): Promise<BatchRecord | null> {
    const statement = { name: 'find-batch', text: FIND, values: [projectId, batchId] };
    const [row] = await this.scope.statement<BatchRecord & Record<string, unknown>>(projectId, statement);
    return row ?? null;
  }

  async progress(projectId: string, { batchId, createdAt }: BatchRecord): Promise<BatchProgress> {
    const values = [projectId, batchId, createdAt];
    const rows = await this.scope.statement<{
      status: ExecutionStatus;
      count: number;
      lastCompletedAt: Date | null;
    }>(projectId, { name: 'count-batch', text: COUNT, values, isPlannedOnce: true });
    const times = rows.flatMap(({ lastCompletedAt: at }) => (at === null ? [] : [at.getTime()]));
    return {
      counts: Object.fromEntries(rows.map(({ status, count }) => [status, count])),
      lastCompletedAt: times.length === 0 ? null : new Date(Math.max(...times)),
    };
  }

  /** Cancels the executions that are still queued. */
  async cancelWaiting(projectId: string, { batchId }: BatchRecord): Promise<void> {
    const text = 'SELECT ledger_cancel_batch($1, $2) AS canceled';
    await this.scope.statement(projectId, { name: 'cancel-batch', text, values: [projectId, batchId] });
  }
}

/** Characters of variables and prompts in one statement. Sixteen megabytes at once would block all other statements. */
const MAX_PART_CHARS = 1024 ** 2;

function splitParts(beginnings: readonly Beginning[]): Beginning[][] {
  const parts: Beginning[][] = [];
  let chars = Infinity;
  for (const beginning of beginnings) {
    const { variablesJson, messages } = beginning.admitted;
    const own = messages.reduce((sum, { content }) => sum + content.length, variablesJson.length);
    if (chars + own > MAX_PART_CHARS) {
      parts.push([]);
      chars = 0;
    }
    parts.at(-1)?.push(beginning);
    chars += own;
  }
  return parts;
}

/** Returns the row that leaves the least in any budget. */
function fullest(rows: readonly BegunRow[]): BegunExecution {
  return rows
    .map((row) => toBegun(row, true))
    .reduce((most, row) => ((row.warning?.percent ?? 0) > (most.warning?.percent ?? 0) ? row : most));
}

function keyValues({ projectId, batchId, answer }: NewBatch, key: UsedKey): unknown[] {
  const { status, headers, body } = answer;
  return [projectId, key.route, key.key, key.fingerprint, batchId, status, JSON.stringify(headers), body];
}

function batchValues(batch: NewBatch): unknown[] {
  const { projectId, batchId, callbackUrl, requestedBy, createdAt, beginnings } = batch;
  const { admitted } = beginnings[0] as Beginning;
  const { prompt, targets, environment } = admitted;
  // Every batch names a prompt.
  const { version } = prompt as AdmittedPrompt;
  const facts = [version.promptId, version.versionId, targets[0].modelId, environment, beginnings.length];
  return [projectId, batchId, ...facts, callbackUrl, requestedBy, createdAt];
}
