import type { ModelRef, Params } from '../runs/executions.js';
import type { PageQuery } from '../page-query.js';

export type ExperimentStatus =
  'queued' | 'running' | 'completed' | 'failed' | 'canceled' | 'stopped_by_budget';
export type Verdict = 'better' | 'worse' | 'no_difference' | 'cannot_tell';

/** The lower and the upper end of a 95 % interval. */
export type ConfidenceInterval = readonly [low: number, high: number];

export interface ExperimentCandidate {
  /** The name of the candidate in results and comparisons. */
  readonly label: string;
  readonly prompt_name: string;
  /** Left out: the newest. */
  readonly version_number?: number | null;
  /** `"provider/model_name"`, an object, or a list of these, tried in order. Left out: the ledger's default. */
  readonly model?: ModelRef | string | readonly (ModelRef | string)[] | null;
  readonly params?: Params | null;
}

export interface CreateExperimentRequest {
  readonly name: string;
  /** Left out, the version is what the dataset holds now. */
  readonly dataset: { readonly name: string; readonly version?: string | null };
  readonly candidates: readonly ExperimentCandidate[];
  /** Left out, the version is the newest. */
  readonly scorers: readonly { readonly name: string; readonly version_number?: number | null }[];
  /** The number of runs of each candidate on each item. Default 1. */
  readonly repetitions?: number | null;
  /** The share of its repetitions that have to pass for an item to pass. Default 0.5. */
  readonly pass_threshold?: number | null;
  /** Dollars as text. Left out: no limit. */
  readonly max_cost_usd?: string | null;
  /** Cells under way at a time. Default 8. */
  readonly concurrency?: number | null;
  /** The label of its executions. Default `experiment`. */
  readonly environment?: string | null;
  /** Whether cells may be answered from the response cache. */
  readonly cache?: boolean | null;
}

export interface ExperimentError {
  readonly code: string;
  readonly message: string;
}

/** An experiment with everything that was left open settled. */
export interface Experiment {
  /** Its executions have it as their `batch_id`. */
  readonly experiment_id: string;
  readonly name: string;
  readonly status: ExperimentStatus;
  /** Items × candidates × repetitions. */
  readonly cells: number;
  /** The most that its cells may cost if each is called once; null where that is not known. */
  readonly expected_cost_usd: string | null;
  readonly max_cost_usd: string | null;
  readonly dataset: { readonly name: string; readonly version: string; readonly item_count: number };
  readonly candidates: readonly {
    readonly label: string;
    readonly prompt_name: string;
    readonly version_number: number;
    readonly version_id: string;
    readonly checksum_hash: string;
    readonly model: ModelRef | readonly ModelRef[];
    readonly params: Params;
  }[];
  readonly scorers: readonly {
    readonly name: string;
    readonly version_number: number;
    readonly kind: 'check' | 'code' | 'judge' | 'human';
    readonly checksum_hash: string;
  }[];
  readonly repetitions: number;
  readonly pass_threshold: number;
  readonly concurrency: number;
  readonly environment: string;
  readonly cache: boolean;
  readonly created_by: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  /** Why it failed or was stopped. */
  readonly error: ExperimentError | null;
}

export interface ExperimentProgress {
  readonly cells: number;
  readonly queued: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
}

/** The result of a candidate by a scorer. */
export interface CandidateScore {
  readonly candidate: string;
  readonly scorer: string;
  readonly scorer_version: number;
  /** Items that were scored in all their repetitions. */
  readonly n: number;
  readonly mean: number | null;
  readonly pass_rate: number | null;
  readonly pass_rate_interval: ConfidenceInterval | null;
  /** By k, as text. */
  readonly pass_at_k: Readonly<Record<string, number>> | null;
  readonly pass_hat_k: Readonly<Record<string, number>> | null;
  /** Cells without a score. */
  readonly errors: number;
  readonly cost_usd: string | null;
  readonly latency_ms: { readonly p50: number | null; readonly p95: number | null };
}

export interface ExperimentDetail extends Experiment {
  readonly progress: ExperimentProgress;
  /** The cost of all its executions that are over; null where that of any is unknown. */
  readonly cost_usd: string | null;
  readonly summary: readonly CandidateScore[];
}

export interface ExperimentList {
  readonly experiments: readonly Experiment[];
  readonly next_cursor: string | null;
}

export interface ListExperimentsQuery extends PageQuery {
  readonly status?: ExperimentStatus;
}

export interface ExperimentItemRef {
  /** Counted from 0, in the order of the dataset's version. */
  readonly index: number;
  readonly external_id: string | null;
  readonly item_hash: string;
}

export interface CellScore {
  readonly scorer: string;
  readonly scorer_version: number;
  readonly score_id: string | null;
  readonly value: number | null;
  readonly label: string | null;
  readonly passed: boolean | null;
  readonly explanation: string | null;
  readonly judge_execution_id: string | null;
  /** Why there is no score; null where there is one. */
  readonly error: ExperimentError | null;
}

/** One repetition. */
export interface ExperimentCell {
  /** Counted from 1. */
  readonly repetition: number;
  readonly status: 'running' | 'succeeded' | 'failed' | 'canceled';
  readonly execution_id: string | null;
  readonly latency_ms: number | null;
  readonly cost_usd: string | null;
  readonly error: ExperimentError | null;
  readonly scores: readonly CellScore[];
}

/** A candidate's result for an item. */
export interface ExperimentResult {
  readonly item: ExperimentItemRef;
  readonly candidate: string;
  /** By scorer, over all repetitions; null where one of them has no score. */
  readonly scores: readonly {
    readonly scorer: string;
    readonly value: number | null;
    readonly passes: number;
    readonly passed: boolean | null;
  }[];
  readonly execution_ids: readonly string[];
  readonly cells: readonly ExperimentCell[];
}

export interface ExperimentResultList {
  readonly results: readonly ExperimentResult[];
  readonly next_cursor: string | null;
}

export interface ListExperimentResultsQuery extends PageQuery {
  readonly candidate?: string;
  readonly scorer?: string;
  /** True: only what does not pass, or has no score. */
  readonly failed?: boolean;
}

export interface CompareExperimentQuery {
  readonly baseline: string;
  readonly candidate: string;
  /** May be left out where there is one only. */
  readonly scorer?: string | undefined;
  /** The experiment that the baseline is from. Default: the same. */
  readonly baseline_experiment?: string | undefined;
  readonly margin?: number | undefined;
  readonly allow_versions?: boolean | undefined;
}

/** Two candidates over the same items; wins and losses are those of `candidate`. */
export interface ExperimentComparison {
  readonly experiment_id: string;
  readonly baseline_experiment_id: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly scorer: string;
  readonly scorer_version: number;
  readonly n: number;
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
  /** Items that one of them has no score for. */
  readonly missing: number;
  /** Those that are missing because of an error; the others were not run. */
  readonly missing_by_error: number;
  /** Cells of the two that had an error. */
  readonly errors: number;
  readonly delta: number | null;
  readonly interval: ConfidenceInterval | null;
  readonly p_value: number;
  readonly method: 'mcnemar_exact' | 'paired_t' | 'wilcoxon';
  readonly margin: number;
  readonly verdict: Verdict;
  readonly flipped: readonly (ExperimentItemRef & {
    readonly baseline: number;
    readonly candidate: number;
    /** One for each repetition that was run. */
    readonly baseline_execution_ids: readonly string[];
    readonly candidate_execution_ids: readonly string[];
  })[];
}
