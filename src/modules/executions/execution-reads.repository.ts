import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type AttemptStatus,
  ExecutionAttemptEntity,
  type ExecutionErrorType,
  type ExecutionMode,
  type ExecutionOrigin,
  type ExecutionStatus,
  PromptEntity,
  type SentMessage,
  type StoredRegistration,
  type StoredTarget,
  type StoredToolCall,
} from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import type { ParamColumns } from './execution-params.js';

/** The facts of an execution, as lists show them. */
export interface ExecutionFacts {
  readonly executionId: string;
  readonly status: ExecutionStatus;
  readonly mode: ExecutionMode;
  readonly origin: ExecutionOrigin;
  /** Null of a bare call; number and checksum of the version then too. */
  readonly promptName: string | null;
  readonly versionNumber: number | null;
  readonly checksumHash: string | null;
  readonly environment: string;
  readonly provider: string;
  readonly modelName: string;
  readonly routeName: string | null;
  readonly finishReason: string | null;
  readonly promptTokens: number | null;
  readonly responseTokens: number | null;
  readonly cachedPromptTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly firstTokenMs: number | null;
  readonly latencyMs: number | null;
  /** A bigint, hence a string. */
  readonly costPicoUsd: string | null;
  readonly priceId: string | null;
  readonly cacheHit: boolean;
  readonly cachedFrom: string | null;
  readonly correlationId: string | null;
  readonly batchId: string | null;
  readonly errorType: ExecutionErrorType | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

/** Facts and texts. */
export interface ExecutionRecord extends ExecutionFacts, ParamColumns {
  readonly versionId: string | null;
  readonly targets: StoredTarget[] | null;
  readonly streamed: boolean;
  readonly ownerTeam: string | null;
  readonly onBudget: 'refuse' | 'clamp' | null;
  /** Tools and response format: of the version, and of a bare call. */
  readonly content: unknown;
  readonly extras: unknown;
  readonly timeoutMs: number | null;
  readonly maxAttempts: number;
  readonly onUnknown: 'retry' | 'fail';
  readonly callbackUrl: string | null;
  readonly firstRegistration: StoredRegistration | null;
  readonly latestRegistration: StoredRegistration | null;
  readonly errorMessage: string | null;
  readonly variablesJson: string;
  readonly renderedPrompt: string | null;
  readonly renderedMessages: SentMessage[] | null;
  readonly responseText: string | null;
  readonly responseTruncated: boolean;
  readonly responseSha256: string | null;
  readonly toolCalls: StoredToolCall[] | null;
}

export interface AttemptRecord {
  readonly attempt: number;
  readonly status: AttemptStatus;
  readonly provider: string;
  readonly modelName: string;
  readonly startedAt: Date;
  readonly completedAt: Date | null;
  readonly latencyMs: number | null;
  readonly firstTokenMs: number | null;
  readonly promptTokens: number | null;
  readonly responseTokens: number | null;
  readonly costPicoUsd: string | null;
  readonly priceId: string | null;
  readonly usage: unknown;
  readonly errorType: ExecutionErrorType | null;
  readonly errorMessage: string | null;
  readonly providerStatus: number | null;
  readonly providerRequestId: string | null;
}

export interface ExecutionFilter {
  readonly promptName?: string | undefined;
  readonly status?: ExecutionStatus | undefined;
  readonly environment?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly batchId?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** Only older ones than this. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

const FACTS = `e.execution_id AS "executionId", e.status, e.execution_mode AS mode, e.origin, p.name AS "promptName",
  v.version_number AS "versionNumber", v.checksum_hash AS "checksumHash", e.environment, m.provider,
  m.model_name AS "modelName", e.finish_reason AS "finishReason", e.prompt_tokens AS "promptTokens",
  e.response_tokens AS "responseTokens", e.latency_ms AS "latencyMs", e.cached_prompt_tokens AS "cachedPromptTokens",
  e.reasoning_tokens AS "reasoningTokens", e.first_token_ms AS "firstTokenMs", e.cost_pico_usd AS "costPicoUsd",
  e.price_id AS "priceId", e.cache_hit AS "cacheHit", e.cached_from AS "cachedFrom", e.route_name AS "routeName", e.correlation_id AS "correlationId",
  e.batch_id AS "batchId",  e.error_type AS "errorType", e.created_at AS "createdAt", e.started_at AS "startedAt", e.completed_at AS "completedAt"`;

const FROM = `FROM executions e
  LEFT JOIN prompt_versions v ON v.project_id = e.project_id AND v.version_id = e.version_id
  LEFT JOIN prompts p ON p.project_id = e.project_id AND p.prompt_id = e.prompt_id
  JOIN models m ON m.project_id = e.project_id AND m.model_id = e.model_id`;

/** `variables_json` as text: as JSON the driver would parse it, and lose the order of its keys. */
const GET = `SELECT ${FACTS}, e.version_id AS "versionId", e.timeout_ms AS "timeoutMs", e.max_attempts AS "maxAttempts",
    e.on_unknown AS "onUnknown", e.callback_url AS "callbackUrl", e.temperature, e.top_k AS "topK",
    e.top_p AS "topP", e.repetition_penalty AS "repetitionPenalty", e.max_new_tokens AS "maxNewTokens",
    e.further_params AS "furtherParams", e.error_message AS "errorMessage", v.first_registration AS "firstRegistration",
    v.latest_registration AS "latestRegistration", e.targets, e.streamed, e.owner_team AS "ownerTeam", e.on_budget AS "onBudget",
    v.content, i.extras, o.tool_calls AS "toolCalls",
    i.variables_json::text AS "variablesJson", i.rendered_prompt AS "renderedPrompt",
    i.rendered_messages AS "renderedMessages", o.response_text AS "responseText",
    coalesce(o.response_truncated, false) AS "responseTruncated", o.response_sha256 AS "responseSha256"
  ${FROM}
  JOIN execution_inputs i ON i.project_id = e.project_id AND i.execution_id = e.execution_id
  LEFT JOIN execution_outputs o ON o.project_id = e.project_id AND o.execution_id = e.execution_id
  WHERE e.project_id = $1 AND e.execution_id = $2`;

const FIND_FINAL = `SELECT e.execution_id FROM executions e
  JOIN json_to_recordset($1::json) AS asked(project_id uuid, execution_id uuid) USING (project_id, execution_id)
  WHERE e.status IN ('succeeded', 'failed', 'canceled')`;

/** What an execution was and became. */
@Injectable()
export class ExecutionReadsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** @returns the ids of those that are final. */
  async findFinal(
    asked: readonly { readonly projectId: string; readonly executionId: string }[],
  ): Promise<string[]> {
    const projects = [...new Set(asked.map(({ projectId }) => projectId))];
    const rows = asked.map(({ projectId, executionId }) => ({
      project_id: projectId,
      execution_id: executionId,
    }));
    const statement = { name: 'find-final', text: FIND_FINAL, values: [JSON.stringify(rows)] };
    const final = await this.scope.statement<{ execution_id: string }>(projects, statement);
    return final.map(({ execution_id: id }) => id);
  }

  async findStatus(projectId: string, executionId: string): Promise<ExecutionStatus | null> {
    const text = 'SELECT status FROM executions WHERE project_id = $1 AND execution_id = $2';
    const statement = { name: 'find-status', text, values: [projectId, executionId] };
    const [row] = await this.scope.statement<{ status: ExecutionStatus }>(projectId, statement);
    return row?.status ?? null;
  }

  async find(tx: EntityManager, projectId: string, executionId: string): Promise<ExecutionRecord | null> {
    const [row] = await tx.query<ExecutionRecord[]>(GET, [projectId, executionId]);
    return row ?? null;
  }

  async listAttempts(tx: EntityManager, projectId: string, executionId: string): Promise<AttemptRecord[]> {
    return tx.find(ExecutionAttemptEntity, { where: { projectId, executionId }, order: { attempt: 'ASC' } });
  }

  /** Newest first, by id: ids carry the time, so a page is a range of one index whatever its depth. */
  async list(tx: EntityManager, projectId: string, filter: ExecutionFilter): Promise<ExecutionFacts[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions = ['e.project_id = $1'];
    if (filter.promptName !== undefined) {
      const ids = await this.promptIds(tx, projectId, filter.promptName);
      // One id, as nearly always, keeps the order of the index; a list would have to be sorted.
      const [id] = ids;
      conditions.push(
        ids.length === 1 ? `e.prompt_id = ${bind(id)}::uuid` : `e.prompt_id = ANY (${bind(ids)}::uuid[])`,
      );
    }
    if (filter.status !== undefined) conditions.push(`e.status = ${bind(filter.status)}`);
    if (filter.environment !== undefined) conditions.push(`e.environment = ${bind(filter.environment)}`);
    if (filter.correlationId !== undefined)
      conditions.push(`e.correlation_id = ${bind(filter.correlationId)}`);
    if (filter.batchId !== undefined) conditions.push(`e.batch_id = ${bind(filter.batchId)}::uuid`);
    conditions.push(...timeConditions(filter, bind));
    if (filter.beforeId !== undefined) conditions.push(`e.execution_id < ${bind(filter.beforeId)}::uuid`);
    const where = conditions.join(' AND ');
    return tx.query<ExecutionFacts[]>(
      `SELECT ${FACTS} ${FROM} WHERE ${where} ORDER BY e.execution_id DESC LIMIT ${bind(filter.limit)}`,
      values,
    );
  }

  /** Of deleted prompts too: a name that is used again has several. */
  private async promptIds(tx: EntityManager, projectId: string, name: string): Promise<string[]> {
    const prompts = await tx.find(PromptEntity, {
      select: { promptId: true, projectId: true },
      where: { projectId, name },
    });
    return prompts.map(({ promptId }) => promptId);
  }
}

/**
 * Times are compared as such, and the id bounds the partitions that are looked at. An id is made after its
 * transaction began, which is `created_at`, but not a minute after.
 */
function timeConditions(filter: ExecutionFilter, bind: (value: unknown) => string): string[] {
  const conditions: string[] = [];
  if (filter.createdAfter !== undefined) {
    const after = bind(filter.createdAfter);
    conditions.push(
      `e.created_at > ${after} AND e.execution_id >= ledger_uuid7_floor(${after}::timestamptz)`,
    );
  }
  if (filter.createdBefore !== undefined) {
    const before = bind(filter.createdBefore);
    conditions.push(
      `e.created_at < ${before} AND e.execution_id < ledger_uuid7_floor(${before}::timestamptz + interval '1 minute')`,
    );
  }
  return conditions;
}
