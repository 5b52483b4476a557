export interface RecordOutcomeRequest {
  /** Any execution of the project. Set either this or `correlation_id`. */
  readonly execution_id?: string | null;
  /** All executions with this correlation id, at most 1,000. */
  readonly correlation_id?: string | null;
  /** The name of the metric, with or without the prefix `outcome:`. */
  readonly metric: string;
  /** A finite number, true or false. */
  readonly value: number | boolean;
}

export interface Outcome {
  readonly outcome_id: string;
  readonly execution_id: string;
  readonly metric: string;
  readonly value: number | boolean;
  readonly created_by: string;
  readonly created_at: string;
}

export interface RecordedOutcome extends Outcome {
  /** Whether this request recorded it. False when an earlier outcome counts, which is shown instead. */
  readonly recorded: boolean;
}

/** The outcome of the execution, or of the newest one if there are several. */
export interface RecordOutcomeResult extends Outcome {
  /** Whether the request recorded anything. */
  readonly recorded: boolean;
  /** The outcomes of each execution, newest first. */
  readonly outcomes: readonly RecordedOutcome[];
}

export interface OutcomeList {
  /** Latest first. */
  readonly outcomes: readonly Outcome[];
  readonly next_cursor: string | null;
}

export interface ListOutcomesQuery {
  readonly execution_id?: string;
  readonly metric?: string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
