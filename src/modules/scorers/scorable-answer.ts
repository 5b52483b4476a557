import type { StoredToolCall } from '../../entities/index.js';

/** Facts about the execution beside its answer; null where the provider did not say. */
export interface AnswerTelemetry {
  readonly latencyMs: number | null;
  readonly promptTokens: number | null;
  readonly responseTokens: number | null;
  /** A bigint, hence a string. */
  readonly costPicoUsd: string | null;
  readonly finishReason: string | null;
}

/** An answer to score, with the question and the expected answer. */
export interface ScorableAnswer {
  readonly executionId: string;
  /** The JSON text of the variables, as received. */
  readonly variablesJson: string;
  /** The JSON text of what was expected; null when nothing was, which is not the same as the text `null`. */
  readonly expectedJson: string | null;
  readonly responseText: string;
  /** Empty when there are none. */
  readonly toolCalls: readonly StoredToolCall[];
  /** Whether the text or the calls of tools lack what the project masks; then nothing that reads them can tell. */
  readonly isMasked: boolean;
  readonly telemetry: AnswerTelemetry;
}
