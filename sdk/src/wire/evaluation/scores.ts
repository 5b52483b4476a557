export type ScoreSource = 'check' | 'code' | 'judge' | 'human' | 'api';

export interface PostScoreRequest {
  /** Any execution of the project. */
  readonly execution_id: string;
  /** The name of a scorer of kind `human`. */
  readonly scorer: string;
  /** For a scorer with a range. */
  readonly value?: number | null;
  /** For a scorer with labels. */
  readonly label?: string | null;
  readonly explanation?: string | null;
}

export interface Score {
  /** Null for a score that was not stored. */
  readonly score_id: string | null;
  readonly execution_id: string;
  readonly scorer: string;
  readonly scorer_version: number;
  readonly source: ScoreSource;
  /** For a label, 1 if it passes, otherwise 0. */
  readonly value: number;
  readonly label: string | null;
  readonly passed: boolean;
  readonly explanation: string | null;
  /** The execution of the judgement, for a judge's score. */
  readonly judge_execution_id: string | null;
  readonly created_by: string;
  readonly created_at: string;
}

export interface ScoreList {
  /** Latest first. */
  readonly scores: readonly Score[];
  readonly next_cursor: string | null;
}

export interface ListScoresQuery {
  readonly execution_id?: string;
  /** The name of a scorer. If no scorer has the name now, it means the one that was deleted last. */
  readonly scorer?: string;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}

export interface ScoreExecutionRequest {
  readonly execution_id: string;
  /** The expected answer, any JSON; null is a value. */
  readonly expected?: unknown;
  /** Store the score. Default false. */
  readonly keep?: boolean | null;
}

/** Why there is no score. */
export interface ScoringError {
  readonly type:
    | 'no_answer'
    | 'answer_masked'
    | 'expected_unusable'
    | 'telemetry_missing'
    | 'too_long'
    | 'code_failed'
    | 'code_out_of_bounds'
    | 'judge_failed'
    | 'judge_answer_invalid'
    | 'judge_answer_cut';
  readonly message: string;
  /** The execution with the judge's raw answer. */
  readonly judge_execution_id: string | null;
}

/** Exactly one of the two is null. */
export interface ScoredExecution {
  readonly score: Score | null;
  readonly error: ScoringError | null;
}
