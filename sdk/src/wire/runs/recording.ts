import type { ErrorType, Metadata, ModelRef, Params } from './executions.js';
import type { ProblemEntry } from '../problem.js';

/** Token counts from the vendor; null when it did not report one. */
export interface RecordedUsage {
  readonly prompt_tokens?: number | null;
  readonly response_tokens?: number | null;
  /** The vendor's own usage object. */
  readonly raw?: Readonly<Record<string, unknown>> | null;
}

/** A tool call that the model requests. */
export interface RecordedToolCall {
  readonly id?: string | null;
  readonly name: string;
  /** The JSON text that the model wrote. */
  readonly arguments: string;
}

/** An execution that a client made itself. */
export interface RecordedExecution {
  readonly prompt_name: string;
  /** Default or null: the version of `template_hash`, or else the active one. */
  readonly version_number?: number | null;
  readonly template_hash?: string | null;
  readonly environment?: string | null;
  readonly correlation_id?: string | null;
  readonly metadata?: Metadata | null;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly model: ModelRef;
  readonly params?: Params | null;
  readonly status: 'succeeded' | 'failed';
  readonly response_text?: string | null;
  readonly tool_calls?: readonly RecordedToolCall[] | null;
  readonly finish_reason?: string | null;
  readonly usage?: RecordedUsage | null;
  readonly latency_ms?: number | null;
  readonly error_type?: ErrorType | null;
  readonly error_message?: string | null;
  readonly provider_request_id?: string | null;
  readonly started_at: string;
}

export interface RecordRequest {
  /** 1 to 100 executions. */
  readonly executions: readonly RecordedExecution[];
}

export interface RecordedEntry {
  /** The position of the entry in the request. */
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
