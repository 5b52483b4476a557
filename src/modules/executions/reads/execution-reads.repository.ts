import { Injectable } from '@nestjs/common';
import {
  type AttemptStatus,
  type ExecutionErrorType,
  type ExecutionMode,
  type ExecutionOrigin,
  type ExecutionStatus,
  type SentMessage,
  type StoredArm,
  type StoredOutputCheck,
  type StoredRegistration,
  type StoredTarget,
  type StoredToolCall,
} from '../../../entities/index.js';
import { TenantScope } from '../../../infra/database/index.js';
import type { ExecutionMetadata } from '../wire/execution-metadata.js';
import type { ResolvedBy } from '../../prompts/index.js';
import type { ParamColumns } from '../facts/execution-params.js';
import type { ExecutionFilter } from './bound-filter.js';
import { listExecutions } from './list-executions.sql.js';

/** The facts of an execution as lists show them. */
export interface ExecutionFacts {
  readonly executionId: string;
  readonly status: ExecutionStatus;
  readonly mode: ExecutionMode;
  readonly origin: ExecutionOrigin;
  /** Null for a bare call, as are the number and checksum of the version. */
  readonly promptName: string | null;
  readonly versionNumber: number | null;
  readonly checksumHash: string | null;
  readonly environment: string;
  /** Null for a bare call. */
  readonly resolvedBy: ResolvedBy | null;
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
  /** A string, because it is a bigint. */
  readonly costPicoUsd: string | null;
  readonly priceId: string | null;
  readonly cacheHit: boolean;
  readonly cachedFrom: string | null;
  readonly correlationId: string | null;
  readonly metadata: ExecutionMetadata | null;
  readonly rollout: StoredArm | null;
  readonly batchId: string | null;
  readonly errorType: ExecutionErrorType | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  /** When the content was erased; null while it exists. Left out for an execution that was just created. */
  readonly contentErasedAt?: Date | null;
  /** Null when the answer was not checked. Left out of the answer of a run without a schema. */
  readonly outputValid?: boolean | null;
}

/** Facts and texts; the texts are null or empty once erased. */
export interface ExecutionRecord extends ExecutionFacts, ParamColumns {
  readonly versionId: string | null;
  readonly targets: StoredTarget[] | null;
  readonly streamed: boolean;
  readonly ownerTeam: string | null;
  readonly onBudget: 'refuse' | 'clamp' | null;
  /** Tools and response format of the version; `extras` has those of a bare call. */
  readonly content: unknown;
  readonly extras: unknown;
  readonly timeoutMs: number | null;
  readonly maxAttempts: number;
  readonly onUnknown: 'retry' | 'fail';
  readonly callbackUrl: string | null;
  readonly firstRegistration: StoredRegistration | null;
  readonly latestRegistration: StoredRegistration | null;
  readonly errorMessage: string | null;
  /** Null when a whole week of contents was removed by age. */
  readonly variablesJson: string | null;
  /** Paths of the masked variables; null for none. */
  readonly masked: readonly string[] | null;
  readonly renderedPrompt: string | null;
  readonly renderedMessages: SentMessage[] | null;
  readonly responseText: string | null;
  readonly responseTruncated: boolean;
  readonly outputCheck: StoredOutputCheck | null;
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

/** The filters of a list. */
export type ListFilter = Omit<ExecutionFilter, 'promptIds'> & { readonly promptName?: string | undefined };

const FACTS = `e.execution_id AS "executionId", e.status, e.execution_mode AS mode, e.origin, p.name AS "promptName",
  v.version_number AS "versionNumber", v.checksum_hash AS "checksumHash", e.environment, e.resolved_by AS "resolvedBy", m.provider,
  m.model_name AS "modelName", e.finish_reason AS "finishReason", e.prompt_tokens AS "promptTokens",
  e.response_tokens AS "responseTokens", e.latency_ms AS "latencyMs", e.cached_prompt_tokens AS "cachedPromptTokens",
  e.reasoning_tokens AS "reasoningTokens", e.first_token_ms AS "firstTokenMs", e.cost_pico_usd AS "costPicoUsd",
  e.price_id AS "priceId", e.cache_hit AS "cacheHit", e.cached_from AS "cachedFrom", e.route_name AS "routeName", e.correlation_id AS "correlationId",
  e.metadata, e.rollout, e.batch_id AS "batchId",  e.error_type AS "errorType", e.created_at AS "createdAt", e.started_at AS "startedAt", e.completed_at AS "completedAt",
  e.content_erased_at AS "contentErasedAt"`;

/**
 * Reads both states and all attempts in one statement, so that they agree. Reads `variables_json` as text, because the driver
 * would parse JSON and lose the order of its keys. Reads costs as text, because they exceed what a JSON number holds.
 */
const GET = `SELECT ${FACTS}, e.version_id AS "versionId", e.timeout_ms AS "timeoutMs", e.max_attempts AS "maxAttempts",
    e.on_unknown AS "onUnknown", e.callback_url AS "callbackUrl", e.temperature, e.top_k AS "topK",
    e.top_p AS "topP", e.repetition_penalty AS "repetitionPenalty", e.max_new_tokens AS "maxNewTokens",
    e.further_params AS "furtherParams", e.error_message AS "errorMessage", v.first_registration AS "firstRegistration",
    v.latest_registration AS "latestRegistration", e.targets, e.streamed, e.owner_team AS "ownerTeam", e.on_budget AS "onBudget",
    v.content, i.extras, o.tool_calls AS "toolCalls",
    i.variables_json::text AS "variablesJson", i.masked, i.rendered_prompt AS "renderedPrompt",
    i.rendered_messages AS "renderedMessages", o.response_text AS "responseText",
    coalesce(o.response_truncated, false) AS "responseTruncated", o.response_sha256 AS "responseSha256",
    o.output_check AS "outputCheck", (o.output_check ->> 'valid')::boolean AS "outputValid",
    coalesce(a.attempts, '[]') AS attempts
  FROM (SELECT * FROM executions_all e WHERE e.project_id = $1 AND e.execution_id = $2) AS e
  LEFT JOIN LATERAL (SELECT * FROM prompt_versions v
    WHERE v.project_id = $1 AND v.version_id = e.version_id OFFSET 0) AS v ON true
  LEFT JOIN LATERAL (SELECT p.name FROM prompts p WHERE p.project_id = $1 AND p.prompt_id = e.prompt_id OFFSET 0) AS p ON true
  CROSS JOIN LATERAL (SELECT m.provider, m.model_name FROM models m
    WHERE m.project_id = $1 AND m.model_id = e.model_id OFFSET 0) AS m
  LEFT JOIN execution_inputs i ON i.project_id = $1 AND i.execution_id = $2
  LEFT JOIN execution_outputs o ON o.project_id = $1 AND o.execution_id = $2 AND o.attempt = e.attempts_made AND NOT o.late
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('attempt', a.attempt, 'status', a.status, 'provider', a.provider, 'modelName', a.model_name,
      'startedAt', a.started_at, 'completedAt', a.completed_at, 'latencyMs', a.latency_ms, 'firstTokenMs', a.first_token_ms,
      'promptTokens', a.prompt_tokens, 'responseTokens', a.response_tokens, 'costPicoUsd', a.cost_pico_usd::text,
      'priceId', a.price_id, 'usage', a.usage, 'errorType', a.error_type, 'errorMessage', a.error_message,
      'providerStatus', a.provider_status, 'providerRequestId', a.provider_request_id) ORDER BY a.attempt) AS attempts
    FROM execution_attempts_all a WHERE a.project_id = $1 AND a.execution_id = $2) AS a`;

const FIND_FINAL = `SELECT n.execution_id FROM json_to_recordset($1::json) AS n(project_id uuid, execution_id uuid)
  CROSS JOIN LATERAL (SELECT FROM executions e WHERE e.project_id = n.project_id AND e.execution_id = n.execution_id OFFSET 0) AS e`;

/**
 * The number of lists that a connection keeps prepared. A plan takes up to a megabyte of each connection, and filters can be
 * combined in thousands of ways, but the dashboard and a client use about a dozen. Others are planned for each call.
 */
const MOST_PREPARED_LISTS = 32;

/** A row as JSON, where times are texts. */
type AttemptRow = Omit<AttemptRecord, 'startedAt' | 'completedAt'> & {
  readonly startedAt: string;
  readonly completedAt: string | null;
};

/** Reads executions and their history. */
@Injectable()
export class ExecutionReadsRepository {
  private readonly preparedLists = new Set<string>();

  constructor(private readonly scope: TenantScope) {}

  /** @returns the ids of the final executions. */
  async findFinal(
    asked: readonly { readonly projectId: string; readonly executionId: string }[],
  ): Promise<string[]> {
    const projects = [...new Set(asked.map(({ projectId }) => projectId))];
    const rows = asked.map(({ projectId, executionId }) => ({
      project_id: projectId,
      execution_id: executionId,
    }));
    const values = [JSON.stringify(rows)];
    const statement = { name: 'find-final', text: FIND_FINAL, values, isPlannedOnce: true };
    const final = await this.scope.statement<{ execution_id: string }>(projects, statement);
    return final.map(({ execution_id: id }) => id);
  }

  async findStatus(projectId: string, executionId: string): Promise<ExecutionStatus | null> {
    const text = 'SELECT status FROM executions_all WHERE project_id = $1 AND execution_id = $2';
    const values = [projectId, executionId];
    const statement = { name: 'find-status', text, values, isPlannedOnce: true };
    const [row] = await this.scope.statement<{ status: ExecutionStatus }>(projectId, statement);
    return row?.status ?? null;
  }

  async find(
    projectId: string,
    executionId: string,
  ): Promise<{ readonly record: ExecutionRecord; readonly attempts: AttemptRecord[] } | null> {
    const values = [projectId, executionId];
    const statement = { name: 'get-execution', text: GET, values, isPlannedOnce: true };
    const [row] = await this.scope.statement<ExecutionRecord & { attempts: AttemptRow[] }>(
      projectId,
      statement,
    );
    if (row === undefined) return null;
    const { attempts, ...record } = row;
    return { record, attempts: attempts.map(attemptRecord) };
  }

  async list(projectId: string, { promptName, ...filter }: ListFilter): Promise<ExecutionFacts[]> {
    const promptIds = promptName === undefined ? undefined : await this.promptIds(projectId, promptName);
    const facts = `${FACTS}, e.output_valid AS "outputValid"`;
    const { name, ...statement } = listExecutions(projectId, { ...filter, promptIds }, facts);
    return this.scope.statement<ExecutionFacts & Record<string, unknown>>(projectId, {
      ...statement,
      ...(this.mayPrepare(name) && { name }),
      isPlannedOnce: true,
    });
  }

  private mayPrepare(name: string): boolean {
    if (this.preparedLists.size < MOST_PREPARED_LISTS) this.preparedLists.add(name);
    return this.preparedLists.has(name);
  }

  /** Includes deleted prompts, because a reused name has several. */
  private async promptIds(projectId: string, name: string): Promise<string[]> {
    const text = 'SELECT prompt_id FROM prompts WHERE project_id = $1 AND name = $2';
    const statement = { name: 'find-prompts-of-name', text, values: [projectId, name] };
    const rows = await this.scope.statement<{ prompt_id: string }>(projectId, statement);
    return rows.map(({ prompt_id: id }) => id);
  }
}

function attemptRecord(row: AttemptRow): AttemptRecord {
  return {
    ...row,
    startedAt: new Date(row.startedAt),
    completedAt: row.completedAt === null ? null : new Date(row.completedAt),
  };
}
