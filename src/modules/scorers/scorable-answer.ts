import type { StoredToolCall } from '../../entities/index.js';

/** Facts about the execution besides its answer; null where the provider did not report them. */
export interface AnswerTelemetry {
  readonly latencyMs: number | null;
  readonly promptTokens: number | null;
  readonly responseTokens: number | null;
  /** A bigint as a string. */
  readonly costPicoUsd: string | null;
  readonly finishReason: string | null;
}

/** An answer to score, with the question and the expected answer. */
export interface ScorableAnswer {
  readonly executionId: string;
  /** The JSON text of the variables, as received. */
  readonly variablesJson: string;
  /** The JSON text of the expected answer; null for none, which differs from the text `null`. */
  readonly expectedJson: string | null;
  readonly responseText: string;
  /** Empty when there are none. */
  readonly toolCalls: readonly StoredToolCall[];
  /** Whether the project's masking removed parts of the text or the tool calls, so that nothing that reads them can judge. */
  readonly isMasked: boolean;
  readonly telemetry: AnswerTelemetry;
}
