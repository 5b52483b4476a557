import type { ChatMessage } from './prompts.js';
import type { ProblemEntry } from './problem.js';

export type ExecutionStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'canceled';
/** `sync`: the caller waited; `async`: it was queued. */
export type ExecutionMode = 'sync' | 'async';
/** `ledger`: the ledger called the provider; `recorded`: a client did, and reported it. */
export type ExecutionOrigin = 'ledger' | 'recorded';
export type ErrorType =
  | 'timeout'
  | 'rate_limited'
  | 'provider_error'
  | 'provider_rejected'
  | 'connection'
  | 'outcome_unknown'
  | 'internal';
/** When a process is lost that made a call: call again, or end as `outcome_unknown`. */
export type OnUnknown = 'retry' | 'fail';

export interface ModelRef {
  readonly provider: string;
  readonly model_name: string;
}

/** How to generate. What a provider has no field for is refused. */
export interface Params {
  readonly max_new_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly top_k?: number | null;
  readonly repetition_penalty?: number | null;
  /** The answer ends before any of these. */
  readonly stop?: string | readonly string[] | null;
  readonly seed?: number | null;
}

/** Null where the provider did not say. */
export interface Telemetry {
  readonly prompt_tokens: number | null;
  readonly response_tokens: number | null;
  readonly latency_ms: number | null;
}

export interface ExecuteRequest {
  readonly prompt_name: string;
  /** Null or left out: the active one. */
  readonly version_number?: number | null;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Null or left out: the ledger's `DEFAULT_MODEL`. */
  readonly model?: ModelRef | null;
  readonly params?: Params | null;
  /** A label, such as `dev` or `prod`. */
  readonly environment?: string | null;
  readonly correlation_id?: string | null;
  /** Milliseconds: of `:run` for the whole call, of `:submit` for each attempt. */
  readonly timeout_ms?: number | null;
  /** Calls to the provider, the first included. */
  readonly max_attempts?: number | null;
  readonly on_unknown?: OnUnknown | null;
}

export interface SubmitRequest extends ExecuteRequest {
  /** Is told when the execution is final. */
  readonly callback_url?: string | null;
}

export interface SubmittedExecution {
  readonly execution_id: string;
  readonly status: 'queued';
  readonly mode: 'async';
}

export interface ExecutionSummary {
  readonly execution_id: string;
  readonly status: ExecutionStatus;
  readonly mode: ExecutionMode;
  readonly origin: ExecutionOrigin;
  readonly prompt_name: string;
  readonly version_number: number;
  readonly checksum_hash: string;
  readonly environment: string;
  readonly model: ModelRef;
  readonly finish_reason: string | null;
  readonly telemetry: Telemetry;
  readonly correlation_id: string | null;
  readonly batch_id: string | null;
  /** Null unless it failed. */
  readonly error_type: ErrorType | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly completed_at: string | null;
}

export interface ExecutionResult extends ExecutionSummary {
  /** Null when there is no answer. */
  readonly response_text: string | null;
  /** True when only the beginning of the answer is kept. */
  readonly response_truncated: boolean;
  /** Of the whole answer. */
  readonly response_sha256: string | null;
}

/** One call to a provider. */
export interface Attempt {
  readonly attempt: number;
  readonly status: 'dispatched' | 'succeeded' | 'failed' | 'outcome_unknown' | 'fenced';
  readonly provider: string;
  readonly model_name: string;
  readonly started_at: string;
  readonly completed_at: string | null;
  readonly latency_ms: number | null;
  readonly error_type: ErrorType | null;
  readonly error_message: string | null;
  /** The vendor's HTTP status. */
  readonly provider_status: number | null;
  readonly provider_request_id: string | null;
}

/** The whole lineage. It has `rendered_prompt` or `messages`. */
export interface Execution extends ExecutionResult {
  readonly version_id: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly rendered_prompt?: string;
  readonly messages?: readonly ChatMessage[];
  readonly params: Params;
  /** Null for what a client recorded. */
  readonly timeout_ms: number | null;
  readonly max_attempts: number;
  readonly on_unknown: OnUnknown;
  /** Where its prompt stood in code; null for one that is managed in the ledger. */
  readonly git: Readonly<Record<string, unknown>> | null;
  readonly callback_url: string | null;
  readonly error_message: string | null;
  readonly attempts: readonly Attempt[];
}

export interface ExecutionList {
  readonly executions: readonly ExecutionSummary[];
  readonly next_cursor: string | null;
}

export interface ListExecutionsQuery {
  readonly prompt_name?: string;
  readonly status?: ExecutionStatus;
  readonly environment?: string;
  readonly correlation_id?: string;
  readonly batch_id?: string;
  /** RFC 3339, or a Date. */
  readonly created_after?: string | Date;
  readonly created_before?: string | Date;
  /** Of a page: 1 to 200, default 50. */
  readonly limit?: number;
}

export interface BatchEntry {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly correlation_id?: string | null;
}

/** One prompt with many sets of variables: 1 to 1,000 entries. */
export interface SubmitBatchRequest extends Omit<SubmitRequest, 'variables' | 'correlation_id'> {
  readonly entries: readonly BatchEntry[];
}

export interface SubmittedBatch {
  readonly batch_id: string;
  readonly status: 'queued';
  readonly mode: 'async';
  readonly total: number;
  /** In the order of the entries. */
  readonly execution_ids: readonly string[];
}

export type BatchCounts = Readonly<Record<ExecutionStatus, number>>;

export interface Batch {
  readonly batch_id: string;
  readonly status: 'running' | 'completed';
  readonly prompt_name: string;
  readonly version_number: number;
  readonly model: ModelRef;
  readonly environment: string;
  readonly total: number;
  readonly counts: BatchCounts;
  readonly callback_url: string | null;
  readonly created_at: string;
  readonly canceled_at: string | null;
  readonly completed_at: string | null;
}

/** Tokens as the vendor counted them; null where it did not say. */
export interface RecordedUsage {
  readonly prompt_tokens?: number | null;
  readonly response_tokens?: number | null;
  /** The vendor's own words. */
  readonly raw?: Readonly<Record<string, unknown>> | null;
}

/** An execution that a client made itself. */
export interface RecordedExecution {
  readonly prompt_name: string;
  /** Null or left out: the one of `template_hash`, else the active one. */
  readonly version_number?: number | null;
  readonly template_hash?: string | null;
  readonly environment?: string | null;
  readonly correlation_id?: string | null;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly model: ModelRef;
  readonly params?: Params | null;
  readonly status: 'succeeded' | 'failed';
  readonly response_text?: string | null;
  readonly finish_reason?: string | null;
  readonly usage?: RecordedUsage | null;
  readonly latency_ms?: number | null;
  readonly error_type?: ErrorType | null;
  readonly error_message?: string | null;
  readonly provider_request_id?: string | null;
  readonly started_at: string;
}

export interface RecordRequest {
  /** 1 to 100. */
  readonly executions: readonly RecordedExecution[];
}

export interface RecordedEntry {
  /** Of the entry in the request. */
  readonly index: number;
  readonly execution_id: string;
  readonly version_number: number;
}

export interface RejectedEntry {
  readonly index: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly ProblemEntry[];
}

export interface RecordResult {
  readonly recorded: readonly RecordedEntry[];
  readonly rejected: readonly RejectedEntry[];
}
