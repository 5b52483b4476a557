import { Injectable } from '@nestjs/common';
import type { StoredMessage } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';
import type { RenderedPrompt } from '../../templating/index.js';
import type { AdmittedExecution } from './execution-admission.js';
import { paramColumns, paramsOf } from './execution-params.js';
import * as sql from './executions.sql.js';
import type { CallOutcome } from './provider-caller.js';
import type { ProviderParams } from '../providers/index.js';

/** What holds an execution: whoever shows an older fence has lost it. */
export interface Claim {
  readonly projectId: string;
  readonly executionId: string;
  readonly fence: number;
}

export interface ClaimedExecution extends Claim {
  readonly provider: string;
  readonly modelName: string;
  readonly messages: readonly StoredMessage[];
  readonly params: ProviderParams;
  readonly timeoutMs: number;
}

export interface StartedExecution extends Claim {
  readonly attempt: number;
  readonly createdAt: Date;
}

export interface SweptExecution {
  readonly executionId: string;
  readonly fence: number;
  readonly status: 'queued' | 'failed';
}

interface ClaimedRow {
  project_id: string;
  execution_id: string;
  fence: number;
  provider: string;
  model_name: string;
  timeout_ms: number;
  rendered_prompt: string | null;
  rendered_messages: string | null;
  temperature: number | null;
  top_k: number | null;
  top_p: number | null;
  repetition_penalty: number | null;
  max_new_tokens: number | null;
  further_params: string | null;
}

/** A deadline that is over by this much belongs to a process that is gone. */
const LEASE_GRACE_MS = 15_000;
/** An execution that has been claimed so often kills whoever works on it. */
const MAX_FENCES = 20;
const MAX_SWEPT = 100;

/**
 * Every change of an execution. Each statement names the status and the fence it comes from, so whoever has lost the
 * execution changes nothing.
 */
@Injectable()
export class ExecutionsRepository {
  constructor(private readonly scope: TenantScope) {}

  /** Queued and due. */
  async insertQueued(
    projectId: string,
    requestedBy: string,
    admitted: AdmittedExecution,
  ): Promise<{ executionId: string }> {
    const values = [...insertValues(projectId, requestedBy, admitted), 'async', 'queued'];
    const [row] = await this.scope.statement<{ execution_id: string }>(projectId, {
      name: 'insert-queued',
      text: sql.INSERT_QUEUED,
      values,
    });
    return { executionId: (row as { execution_id: string }).execution_id };
  }

  /** Running, with its first attempt dispatched: after this commit the socket may be opened. */
  async insertRunning(
    projectId: string,
    requestedBy: string,
    admitted: AdmittedExecution,
  ): Promise<StartedExecution> {
    const { provider, modelName } = admitted.model;
    const common = [...insertValues(projectId, requestedBy, admitted), 'sync', 'running'];
    const [row] = await this.scope.statement<{ execution_id: string; created_at: Date }>(projectId, {
      name: 'insert-running',
      text: sql.INSERT_RUNNING,
      values: [...common, LEASE_GRACE_MS, provider, modelName],
    });
    const { execution_id: executionId, created_at: createdAt } = row as {
      execution_id: string;
      created_at: Date;
    };
    return { projectId, executionId, fence: 1, attempt: 1, createdAt };
  }

  /** Takes up to `slots` due executions of any project; nobody else gets them before their lease is over. */
  async claim(slots: number, idFloor: string): Promise<ClaimedExecution[]> {
    const rows = await this.scope.system<ClaimedRow>('SELECT * FROM ledger_claim_executions($1, $2, $3)', [
      slots,
      LEASE_GRACE_MS,
      idFloor,
    ]);
    return rows.map(claimedOf);
  }

  /**
   * Writes the attempt that is about to be made. @returns its number, or null when the execution is no longer ours.
   */
  async dispatch(claimed: ClaimedExecution): Promise<number | null> {
    const { projectId, executionId, fence, provider, modelName } = claimed;
    const [row] = await this.scope.statement<{ attempt: number }>(projectId, {
      name: 'dispatch',
      text: sql.DISPATCH,
      values: [projectId, executionId, fence, provider, modelName, LEASE_GRACE_MS],
    });
    return row?.attempt ?? null;
  }

  /**
   * Writes how the attempt, and with it the execution, ended. @returns when, by the database's clock; null when the
   * execution is no longer ours: then the attempt is `fenced`, keeps the late result, and nothing else changes.
   */
  async finish(claim: Claim, attempt: number, outcome: CallOutcome): Promise<Date | null> {
    const [row] = await this.scope.statement<{ completed_at: Date }>(claim.projectId, {
      name: 'finish',
      text: sql.FINISH,
      values: [claim.projectId, claim.executionId, claim.fence, attempt, ...outcomeValues(outcome)],
    });
    return row?.completed_at ?? null;
  }

  /** Ends or queues again what nobody reported on within its lease. */
  async sweepLapsed(): Promise<SweptExecution[]> {
    const text = 'SELECT * FROM ledger_sweep_lapsed($1, $2)';
    const rows = await this.scope.system<{
      execution_id: string;
      fence: number;
      status: SweptExecution['status'];
    }>(text, [MAX_SWEPT, MAX_FENCES]);
    return rows.map(({ execution_id: executionId, fence, status }) => ({ executionId, fence, status }));
  }

  /** No unfinished execution has a lower id: a claim that starts here touches few partitions. */
  async findUnfinishedFloor(): Promise<string> {
    const [row] = await this.scope.system<{ floor: string }>('SELECT ledger_unfinished_floor() AS floor');
    return (row as { floor: string }).floor;
  }
}

function insertValues(projectId: string, requestedBy: string, admitted: AdmittedExecution): unknown[] {
  const { version, model, params, rendered } = admitted;
  const columns = paramColumns(params);
  return [
    projectId,
    version.promptId,
    version.versionId,
    model.modelId,
    admitted.environment,
    version.promptMode,
    admitted.correlationId,
    columns.temperature,
    columns.topK,
    columns.topP,
    columns.repetitionPenalty,
    columns.maxNewTokens,
    columns.furtherParams,
    admitted.timeoutMs,
    admitted.resolvedBy,
    requestedBy,
    admitted.variablesJson,
    rendered.kind === 'text' ? rendered.text : null,
    rendered.kind === 'chat' ? JSON.stringify(rendered.messages) : null,
  ];
}

function outcomeValues(outcome: CallOutcome): unknown[] {
  if (!outcome.succeeded) {
    const { kind, message, status, providerRequestId, latencyMs } = outcome.failure;
    const response = [null, null, null, null];
    return [
      'failed',
      kind,
      message,
      status,
      providerRequestId,
      latencyMs,
      null,
      null,
      null,
      null,
      ...response,
    ];
  }
  const { usage, finishReason, providerRequestId, latencyMs, text, truncated, totalBytes, sha256 } =
    outcome.completion;
  const usageJson = usage.raw === null || usage.raw === undefined ? null : JSON.stringify(usage.raw);
  const tokens = [usage.promptTokens, usage.responseTokens];
  return [
    'succeeded',
    null,
    null,
    null,
    providerRequestId,
    latencyMs,
    finishReason,
    ...tokens,
    usageJson,
    text,
    truncated,
    totalBytes,
    sha256,
  ];
}

function claimedOf(row: ClaimedRow): ClaimedExecution {
  return {
    projectId: row.project_id,
    executionId: row.execution_id,
    fence: row.fence,
    provider: row.provider,
    modelName: row.model_name,
    timeoutMs: row.timeout_ms,
    messages:
      row.rendered_messages === null
        ? [{ role: 'user', content: row.rendered_prompt ?? '' }]
        : (JSON.parse(row.rendered_messages) as StoredMessage[]),
    params: paramsOf({
      temperature: row.temperature,
      topK: row.top_k,
      topP: row.top_p,
      repetitionPenalty: row.repetition_penalty,
      maxNewTokens: row.max_new_tokens,
      furtherParams: row.further_params,
    }),
  };
}

/** A text prompt is one user message. */
export function messagesOf(rendered: RenderedPrompt): readonly StoredMessage[] {
  return rendered.kind === 'text' ? [{ role: 'user', content: rendered.text }] : rendered.messages;
}
