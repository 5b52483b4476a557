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
  /** Default: the newest version. */
  readonly version_number?: number | null;
  /** `"provider/model_name"`, an object, or a list of these, tried in order. Default: the ledger's default model. */
  readonly model?: ModelRef | string | readonly (ModelRef | string)[] | null;
  readonly params?: Params | null;
}

export interface CreateExperimentRequest {
  readonly name: string;
  /** Default version: the dataset's current content. */
  readonly dataset: { readonly name: string; readonly version?: string | null };
  readonly candidates: readonly ExperimentCandidate[];
  /** Default version: the newest. */
  readonly scorers: readonly { readonly name: string; readonly version_number?: number | null }[];
  /** The number of runs of each candidate on each item. Default 1. */
  readonly repetitions?: number | null;
  /** The share of an item's repetitions that must pass for the item to pass. Default 0.5. */
  readonly pass_threshold?: number | null;
  /** Dollars as text. Default: no limit. */
  readonly max_cost_usd?: string | null;
  /** The most cells under way at once. Default 8. */
  readonly concurrency?: number | null;
  /** The environment label of the executions. Default `experiment`. */
  readonly environment?: string | null;
  /** Whether cells may be answered from the response cache. */
  readonly cache?: boolean | null;
}

export interface ExperimentError {
  readonly code: string;
  readonly message: string;
}

/** An experiment with every open choice settled. */
export interface Experiment {
  /** The `batch_id` of its executions. */
  readonly experiment_id: string;
  readonly name: string;
  readonly status: ExperimentStatus;
  /** Items × candidates × repetitions. */
  readonly cells: number;
  /** The most that the cells may cost if each is called once; null when unknown. */
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
  /** Why the experiment failed or was stopped. */
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

/** A scorer's result for a candidate. */
export interface CandidateScore {
  readonly candidate: string;
  readonly scorer: string;
  readonly scorer_version: number;
  /** The number of items that were scored in all repetitions. */
  readonly n: number;
  readonly mean: number | null;
  readonly pass_rate: number | null;
  readonly pass_rate_interval: ConfidenceInterval | null;
  /** Keyed by k as text. */
  readonly pass_at_k: Readonly<Record<string, number>> | null;
  readonly pass_hat_k: Readonly<Record<string, number>> | null;
  /** The number of cells without a score. */
  readonly errors: number;
  readonly cost_usd: string | null;
  readonly latency_ms: { readonly p50: number | null; readonly p95: number | null };
}

export interface ExperimentDetail extends Experiment {
  readonly progress: ExperimentProgress;
  /** The cost of all ended executions; null when any of them is unknown. */
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
  /** Counts from 0, in the order of the dataset's version. */
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
  /** Why there is no score; null when there is one. */
  readonly error: ExperimentError | null;
}

/** One repetition of a candidate on an item. */
export interface ExperimentCell {
  /** Counts from 1. */
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
  /** One entry per scorer, over all repetitions; null when a repetition has no score. */
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
  /** True to list only results that fail or have no score. */
  readonly failed?: boolean;
}

export interface CompareExperimentQuery {
  readonly baseline: string;
  readonly candidate: string;
  /** Optional when there is only one scorer. */
  readonly scorer?: string | undefined;
  /** The baseline's experiment. Default: this one. */
  readonly baseline_experiment?: string | undefined;
  readonly margin?: number | undefined;
  readonly allow_versions?: boolean | undefined;
}

/** Compares two candidates over the same items; wins and losses are those of `candidate`. */
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
  /** The number of items that one of the candidates has no score for. */
  readonly missing: number;
  /** The number of missing items that are due to an error; the others were not run. */
  readonly missing_by_error: number;
  /** The number of cells of both candidates that had an error. */
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
    /** One id for each completed repetition. */
    readonly baseline_execution_ids: readonly string[];
    readonly candidate_execution_ids: readonly string[];
  })[];
}
