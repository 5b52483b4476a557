import type { ExecutionMode } from '../../../entities/index.js';
import type {
  BeginEntry,
  FunctionCall,
  JournalConnections,
  TenantScope,
} from '../../../infra/database/index.js';
import { writeJson } from '../../../kernel/index.js';
import { toWireExtras } from '../../../templating/index.js';
import type { AllowedModel } from '../../models/index.js';
import type { AdmittedExecution } from '../admission/execution-request.js';
import { storedTargets } from '../admission/execution-targets.js';
import { paramColumns } from '../facts/execution-params.js';
import type { StoredAnswer, UsedKey } from '../idempotency/index.js';
import { toQueuedContent } from '../masking/index.js';
import type { VerdictRow } from './budget-verdict.js';
import { ANSWER_TIMEOUT_MS, projectsLiteral } from './call-options.js';

/** The facts with which an execution begins. */
export interface Beginning {
  readonly executionId: string;
  readonly projectId: string;
  readonly requestedBy: string;
  /** Null for the instance's admin. */
  readonly keyId: string | null;
  readonly mode: ExecutionMode;
  /** `failed`: refused before any call, and kept on record. `succeeded`: answered from `cachedFrom`. */
  readonly status: 'queued' | 'running' | 'failed' | 'succeeded';
  readonly createdAt: Date;
  readonly admitted: AdmittedExecution;
  /** The model that is called first; left out: the first of the targets. */
  readonly model?: AllowedModel;
  /** Whether the answer is streamed. */
  readonly streamed?: boolean;
  readonly leaseMs?: number;
  readonly batchId?: string;
  readonly error?: { readonly type: string; readonly message: string };
  readonly cachedFrom?: string;
  /** The execution that a judgement judges. It is recorded, and the judgement does not begin once that execution's content is erased. */
  readonly scoredExecutionId?: string;
  /** The completion time that a cached answer already states; left out: now. */
  readonly completedAt?: Date;
  readonly key?: UsedKey | null;
  /** The answer to store with the idempotency key, if it is already known. */
  readonly answer?: StoredAnswer;
}

/** The order in which requests reached this process. A budget that is nearly spent goes to the earliest. */
let arrivals = 0;

/**
 * Uses one literal, because every request builds an entry and spreads cost five times as much.
 * @param keyTtlMs how long an idempotency key is kept.
 */
export function beginEntry(beginning: Beginning, keyTtlMs: number): BeginEntry {
  const { admitted, key, answer, error } = beginning;
  const { prompt, bound, kept, rendered: sent } = admitted;
  const rendered = kept === null ? sent : kept.rendered;
  const version = prompt?.version;
  const model = beginning.model ?? admitted.targets[0];
  const targets = storedTargets(admitted.targets);
  const extras = toWireExtras(admitted.bare?.extras);
  const source = admitted.bare?.content?.source;
  const params = paramColumns(admitted.params, admitted.extras.vendorParams);
  arrivals += 1;
  return {
    project_id: beginning.projectId,
    execution_id: beginning.executionId,
    prompt_id: version?.promptId,
    // For a bare call, any number makes the function check the rules of the environment again.
    prompt_revision: prompt === null ? (admitted.isBareByMemory ? 0 : null) : prompt.revision,
    version_id: version?.versionId,
    model_id: model.modelId,
    prompt_mode: version?.promptMode,
    environment: admitted.environment,
    execution_mode: beginning.mode,
    status: beginning.status,
    route_name: admitted.routeName,
    targets: targets === null ? null : JSON.stringify(targets),
    correlation_id: admitted.correlationId,
    // Absent rather than null, to keep the entries of plain executions short.
    metadata: admitted.metadata ?? undefined,
    rollout: admitted.arm ?? undefined,
    scored_execution_id: beginning.scoredExecutionId,
    masked: kept?.masked,
    // A process that waits for an execution already has its content, but a worker needs it from the row.
    unmasked: kept !== null && beginning.status === 'queued' ? toQueuedContent(sent, kept.values) : undefined,
    temperature: params.temperature,
    top_k: params.topK,
    top_p: params.topP,
    repetition_penalty: params.repetitionPenalty,
    max_new_tokens: params.maxNewTokens,
    further_params: params.furtherParams,
    timeout_ms: admitted.timeoutMs,
    max_attempts: admitted.maxAttempts,
    on_unknown: admitted.onUnknown,
    on_budget: admitted.onBudget,
    streamed: beginning.streamed ?? false,
    callback_url: admitted.callbackUrl,
    batch_id: beginning.batchId ?? admitted.batchId ?? undefined,
    resolved_by: prompt?.resolvedBy,
    requested_by: beginning.requestedBy,
    key_id: beginning.keyId,
    created_at: beginning.createdAt,
    lease_ms: beginning.leaseMs,
    variables_json: kept === null ? admitted.variablesJson : kept.variablesJson,
    rendered_prompt: rendered.kind === 'text' ? rendered.text : null,
    rendered_messages: rendered.kind === 'chat' ? JSON.stringify(rendered.messages) : null,
    extras: extras === null && source === undefined ? null : writeJson({ ...extras, ...source }),
    arrival: arrivals,
    // Sent as text, because JSON cannot hold whole numbers of this size.
    hold_input_pico_usd: bound.inputPicoUsd?.toString(),
    hold_output_pico_usd: bound.outputPicoUsd?.toString(),
    hold_tokens: bound.responseTokens,
    route: key?.route,
    key: key?.key,
    fingerprint: key?.fingerprint.toString('hex'),
    key_ttl_ms: key ? keyTtlMs : null,
    answer_status: answer?.status,
    answer_headers: answer?.headers,
    answer_body: answer?.body,
    error_type: error?.type,
    error_message: error?.message,
    cached_from: beginning.cachedFrom,
    completed_at: beginning.completedAt,
  };
}

export interface NotBegun {
  readonly execution_id: string;
  readonly state: 'stale' | 'budgeted';
}

export interface BegunRow extends VerdictRow {
  readonly execution_id: string;
  /** `erased`: the content of the execution to be judged was erased. */
  readonly state: 'begun' | 'stale' | 'key_taken' | 'refused' | 'erased';
}

const plainCall = (entries: readonly BeginEntry[]): FunctionCall => ({
  name: 'begin-plain',
  text: 'SELECT ledger_begin_plain($1::json, $2::uuid[]) AS refused',
  values: [JSON.stringify(entries), projectsLiteral(entries)],
  timeoutMs: ANSWER_TIMEOUT_MS,
});

const call = (entries: readonly BeginEntry[], holdMs: number, isRepeated: boolean): FunctionCall => ({
  name: 'begin',
  text: BEGIN,
  values: beginValues(entries, holdMs, isRepeated),
  timeoutMs: ANSWER_TIMEOUT_MS,
});

/**
 * Looks up the name of a budget only where one has refused or warned, which is rare. The lookup comes after the function, which
 * sets the visible projects.
 */
const toColumnName = (id: 'budget_id' | 'warned_by') =>
  `CASE WHEN b.${id} IS NOT NULL THEN (SELECT n.name FROM budgets n WHERE n.project_id = ANY ($2::uuid[]) AND n.budget_id = b.${id}) END`;

/** Begins executions in a transaction that does more; otherwise use {@link begin}. */
export const BEGIN = `SELECT b.*, ${toColumnName('budget_id')} AS budget_name, ${toColumnName('warned_by')} AS warned_by_name
  FROM ledger_begin($1::json, $2::uuid[], $3::double precision, $4::boolean) AS b`;

export function beginValues(entries: readonly BeginEntry[], holdMs: number, isRepeated: boolean): unknown[] {
  return [JSON.stringify(entries), projectsLiteral(entries), holdMs, isRepeated];
}

const judgementsCall = (
  entries: readonly BeginEntry[],
  holdMs: number,
  isRepeated: boolean,
): FunctionCall => ({
  ...call(entries, holdMs, isRepeated),
  name: 'begin-judgements',
  text: BEGIN.replace('ledger_begin(', 'ledger_begin_judgements('),
});

export const BEGIN_REHEARSALS: readonly FunctionCall[] = [
  plainCall([]),
  call([], 0, false),
  judgementsCall([], 0, false),
];

/** Begins executions without keys in projects without budgets. @returns those that were not begun, and why. */
export async function beginPlain(
  connections: JournalConnections,
  entries: readonly BeginEntry[],
): Promise<readonly NotBegun[]> {
  const [row] = await connections.call<{ refused: NotBegun[] | null }>(plainCall(entries));
  return row?.refused ?? [];
}

interface BeginOptions {
  readonly holdMs: number;
  /** Whether the entries were sent before, with an unknown outcome. */
  readonly isRepeated: boolean;
}

/** Begins executions of any kind but judgements. @returns a row for each. */
export function begin(
  connections: JournalConnections,
  entries: readonly BeginEntry[],
  { holdMs, isRepeated }: BeginOptions,
): Promise<BegunRow[]> {
  return connections.call<BegunRow & Record<string, unknown>>(call(entries, holdMs, isRepeated));
}

/** Begins judgements, which wait for running erasures of their projects. @returns a row for each. */
export function beginJudgements(
  connections: JournalConnections,
  entries: readonly BeginEntry[],
  { holdMs, isRepeated }: BeginOptions,
): Promise<BegunRow[]> {
  return connections.call<BegunRow & Record<string, unknown>>(judgementsCall(entries, holdMs, isRepeated));
}

/** Reads the inputs, which are kept, because the row in flight may be gone by now. */
const FIND_BEGUN = `
  SELECT n.execution_id, f.clamped_tokens
  FROM json_to_recordset($1::json) AS n(project_id uuid, execution_id uuid)
  CROSS JOIN LATERAL (
    SELECT i.execution_id FROM execution_inputs i
    WHERE i.project_id = n.project_id AND i.execution_id = n.execution_id OFFSET 0) AS i
  LEFT JOIN LATERAL (
    SELECT CASE f.on_budget WHEN 'clamp' THEN f.max_new_tokens END AS clamped_tokens FROM executions_in_flight f
    WHERE f.project_id = n.project_id AND f.execution_id = n.execution_id OFFSET 0) AS f ON true`;

/** Returns the executions that have begun, with the token limit that a budget has set; null for an unchanged limit. */
export async function findBegun(
  scope: TenantScope,
  entries: readonly Pick<BeginEntry, 'project_id' | 'execution_id'>[],
): Promise<Map<string, number | null>> {
  const identities = entries.map(({ project_id, execution_id }) => ({ project_id, execution_id }));
  const rows = await scope.statement<{ execution_id: string; clamped_tokens: number | null }>(
    [...new Set(entries.map(({ project_id: id }) => id))],
    {
      name: 'find-begun',
      text: FIND_BEGUN,
      values: [JSON.stringify(identities)],
      timeoutMs: ANSWER_TIMEOUT_MS,
    },
  );
  return new Map(rows.map((row) => [row.execution_id, row.clamped_tokens]));
}
