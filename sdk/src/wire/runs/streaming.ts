import type { ExecutionMode, ExecutionStatus, ModelRef, ResolvedBy } from './executions.js';

/** The first event of a stream. Another one follows when a further model takes over before the first piece of the answer. */
export interface StreamedExecution {
  readonly execution_id: string;
  readonly status: ExecutionStatus;
  readonly mode: ExecutionMode;
  readonly prompt_name: string;
  readonly version_number: number;
  readonly checksum_hash: string;
  readonly environment: string;
  readonly resolved_by: ResolvedBy | null;
  readonly model: ModelRef;
  readonly created_at: string;
}

/** A piece of a tool call. Its first piece has `id` and `name`; the `arguments` of all pieces, joined, are JSON. */
export interface ToolCallDelta {
  /** The index of the tool call in the answer, from 0. */
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments?: string;
}

/** A piece of an answer. */
export interface Delta {
  /** Empty in a piece without text. */
  readonly text: string;
  readonly tool_calls?: readonly ToolCallDelta[];
}
