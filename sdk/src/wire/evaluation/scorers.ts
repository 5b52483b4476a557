import type { ModelRef, Params, ToolCall } from '../runs/executions.js';

export type ScorerKind = 'check' | 'code' | 'judge' | 'human';

export type CheckName =
  | 'equals'
  | 'contains'
  | 'starts_with'
  | 'regex'
  | 'json_valid'
  | 'json_schema'
  | 'levenshtein'
  | 'tool_called'
  | 'max_latency_ms'
  | 'max_cost_usd'
  | 'is_refusal';

/** Passes or fails an answer by a rule. */
export interface CheckScorer {
  readonly kind: 'check';
  readonly check: CheckName;
  /** The operand, any JSON. Default: the item's `expected`. */
  readonly value?: unknown;
  /** The part of the answer to check, read as JSON: `/a/0` or `a[0].b`. */
  readonly path?: string | null;
  /** Inverts the result. */
  readonly negate?: boolean | null;
  /** The lowest value that passes. Default 0.5. */
  readonly threshold?: number | null;
}

/** JavaScript that runs in a sandbox. */
export interface CodeScorer {
  readonly kind: 'code';
  /** A function of {@link CodeScorerInput} that returns {@link CodeScorerResult}. */
  readonly source: string;
  readonly threshold?: number | null;
}

/** The argument of a code scorer's function. */
export interface CodeScorerInput {
  readonly variables: Readonly<Record<string, unknown>>;
  /** Absent when nothing was expected. */
  readonly expected?: unknown;
  readonly response_text: string;
  readonly tool_calls: readonly ToolCall[];
  /** Null when the provider did not report a figure. */
  readonly telemetry: {
    readonly latency_ms: number | null;
    readonly prompt_tokens: number | null;
    readonly response_tokens: number | null;
    readonly cost_usd: string | null;
    readonly finish_reason: string | null;
  };
}

/** The result of a code scorer's function. */
export interface CodeScorerResult {
  readonly value: number;
  readonly label?: string | null;
  readonly explanation?: string | null;
}

/** Either labels or a numeric range. */
export interface ScorerScale {
  /** The labels, and whether each passes. */
  readonly labels?: Readonly<Record<string, boolean>> | null;
  readonly min?: number | null;
  readonly max?: number | null;
  readonly threshold?: number | null;
}

/** A prompt that judges. Omitted members are filled in and stored: the active version, its checksum, the default model. */
export interface JudgeScorer extends ScorerScale {
  readonly kind: 'judge';
  readonly prompt_name: string;
  readonly version_number?: number | null;
  readonly prompt_checksum_hash?: string | null;
  /** May also be `provider/model_name`. */
  readonly model?: ModelRef | string | null;
  readonly params?: Params | null;
}

/** A scorer for human opinions. */
export interface HumanScorer extends ScorerScale {
  readonly kind: 'human';
}

export type PutScorerRequest = CheckScorer | CodeScorer | JudgeScorer | HumanScorer;

export interface ScorerRef {
  readonly scorer_id: string;
  readonly name: string;
  readonly kind: ScorerKind;
}

export interface ScorerVersionRef {
  readonly version_number: number;
  /** SHA-256 over kind and definition. */
  readonly checksum_hash: string;
}

export interface PutScorerResult {
  readonly scorer: ScorerRef;
  readonly version: ScorerVersionRef;
  /** True when the definition was new to the scorer. */
  readonly version_change: boolean;
  /** Warnings about settings that are allowed but probably not intended. */
  readonly warnings: readonly string[];
}

export interface ScorerVersion extends ScorerVersionRef {
  /** The members of a {@link PutScorerRequest} without `kind`. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly created_by: string;
  readonly created_at: string;
}

export interface Scorer extends ScorerRef {
  readonly latest_version: ScorerVersion;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface ScorerList {
  /** Ordered by name. */
  readonly scorers: readonly Scorer[];
  readonly next_cursor: string | null;
}

export interface ListScorersQuery {
  readonly kind?: ScorerKind;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
