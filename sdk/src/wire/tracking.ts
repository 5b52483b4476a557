import type {
  CacheOptions,
  ExecutionMode,
  ExecutionStatus,
  Metadata,
  OnBudget,
  Params,
  Telemetry,
} from './runs/executions.js';
import type {
  ChatMessage,
  JsonSchema,
  PromptMode,
  ResponseFormat,
  SchemaWarning,
} from './registry/prompts.js';

/** The place of a prompt in the code. */
export interface SourceLocation {
  /** Relative to the root of the repository, with forward slashes. */
  readonly file?: string | null;
  /** Counts from 1. */
  readonly line?: number | null;
}

export interface GitFacts {
  /** 40 (or 64) hex digits. */
  readonly commit?: string | null;
  readonly branch?: string | null;
  /** For example `acme/app`. */
  readonly repository?: string | null;
  /** True when the working tree had uncommitted changes. */
  readonly dirty?: boolean | null;
}

/** Exactly one of `template_source` and `messages`. Omitted metadata stays unchanged. */
export interface CodePrompt {
  readonly name: string;
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
  /** JSON Schema (draft 2020-12) that the variables of a request must match. */
  readonly variables_schema?: JsonSchema | null;
  /** The format of the answer. */
  readonly response_format?: ResponseFormat | { readonly type: 'text' } | null;
  readonly description?: string | null;
  readonly owner_team?: string | null;
  readonly tags?: readonly string[];
  /** The SHA-256 of `template_source`, or the checksum of `messages`, for verification. */
  readonly template_hash?: string | null;
  readonly source?: SourceLocation | null;
}

export interface RegisterCodeRequest {
  /** 1 to 1,000 prompts. */
  readonly prompts: readonly CodePrompt[];
  readonly git?: GitFacts | null;
  /** The environment whose pointers follow the code. Default or null: `default`, whose pointer is the active version. */
  readonly environment?: string | null;
  /** Return the same answer without writing anything. */
  readonly dry_run?: boolean;
}

/**
 * The first of these that applies. `new`: the prompt was unknown. `returned`: it was retired. `changed`: another version was active.
 * `metadata`: only its metadata differed. `unchanged`: nothing differed.
 */
export type RegistrationOutcome = 'new' | 'returned' | 'changed' | 'metadata' | 'unchanged';

export interface RegisteredPrompt {
  readonly name: string;
  readonly mode: 'tracking';
  readonly version: number;
  /** True when another version was active before. */
  readonly change_detected: boolean;
  /** The previously active version; null when there was none or it is the same. */
  readonly previous_version: number | null;
  readonly outcome: RegistrationOutcome;
  /** The parts of the response format's schema that vendors will refuse. */
  readonly warnings: readonly SchemaWarning[];
}

export interface RegisterCodeResult {
  /** In the order sent. */
  readonly registered: readonly RegisteredPrompt[];
}

export interface RetireRequest {
  /** 1 to 1,000 prompts. */
  readonly prompts: readonly { readonly name: string }[];
  readonly git?: GitFacts | null;
  /** Return the same answer without writing anything. */
  readonly dry_run?: boolean;
}

export interface RetiredPrompt {
  readonly name: string;
  readonly mode: 'tracking';
  /** The active version, which stays active. */
  readonly version: number;
  /** False when it was already retired. */
  readonly change_detected: boolean;
}

export interface RetireResult {
  /** In the order sent. */
  readonly retired: readonly RetiredPrompt[];
}

export interface TrackedExecuteRequest {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly version?: number | null;
  /** Identifies the version by its content. */
  readonly template_hash?: string | null;
  readonly provider?: string | null;
  readonly model_name?: string | null;
  readonly mode?: ExecutionMode | null;
  readonly params?: Params | null;
  readonly environment?: string | null;
  readonly correlation_id?: string | null;
  readonly metadata?: Metadata | null;
  /** Keeps a person with one arm of a rollout; see `ExecuteRequest`. */
  readonly unit_key?: string | null;
  readonly timeout_ms?: number | null;
  readonly cache?: CacheOptions | null;
  readonly on_budget?: OnBudget | null;
}

/** The last two members are absent when the execution was queued. */
export interface TrackedExecution {
  readonly execution_id: string;
  readonly prompt_name: string;
  readonly prompt_mode: 'tracking';
  readonly version_used: number;
  readonly status: ExecutionStatus;
  readonly mode: ExecutionMode;
  readonly response_text?: string | null;
  readonly telemetry?: Telemetry;
}

export interface HistoryVersion {
  readonly version: number;
  readonly template_hash: string;
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
  readonly created_at: string;
  readonly execution_count: number;
  /** The Git facts of its registration; null if it was not registered from code. */
  readonly git: Readonly<Record<string, unknown>> | null;
}

export interface PromptHistory {
  readonly prompt_name: string;
  readonly mode: PromptMode;
  /** Null when none is active. */
  readonly current_version: number | null;
  /** Newest first. */
  readonly versions: readonly HistoryVersion[];
}

export interface MigrateEntry {
  readonly name: string;
  /** Omit to keep the active text. */
  readonly template_source?: string | null;
}

export interface MigrateRequest {
  readonly prompts: readonly MigrateEntry[];
}

export interface MigratedPrompt {
  readonly name: string;
  readonly mode: 'full';
  readonly version: number;
  readonly version_change: boolean;
}

export interface MigrateResult {
  readonly migrated: readonly MigratedPrompt[];
}
