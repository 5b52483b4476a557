import type { ExecutionStatus, Metadata, ModelRef, SubmitRequest } from './executions.js';

export interface BatchEntry {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly correlation_id?: string | null;
  readonly metadata?: Metadata | null;
  readonly unit_key?: string | null;
}

/** One prompt with many sets of variables: 1 to 1,000 entries. */
export interface SubmitBatchRequest extends Omit<
  SubmitRequest,
  'variables' | 'correlation_id' | 'metadata' | 'unit_key'
> {
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
