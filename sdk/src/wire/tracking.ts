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
  /** From the root of the repository, with forward slashes. */
  readonly file?: string | null;
  /** Counted from 1. */
  readonly line?: number | null;
}

export interface GitFacts {
  /** 40 (or 64) hex digits. */
  readonly commit?: string | null;
  readonly branch?: string | null;
  /** Such as `acme/app`. */
  readonly repository?: string | null;
  /** True when the working tree had changes that are in no commit. */
  readonly dirty?: boolean | null;
}

/** Exactly one of `template_source` and `messages`. What is said about the prompt stays as it was where it is left out. */
export interface CodePrompt {
  readonly name: string;
  readonly template_source?: string;
  readonly messages?: readonly ChatMessage[];
  /** JSON Schema (draft 2020-12) that the variables of a request have to fit. */
  readonly variables_schema?: JsonSchema | null;
  /** The form of the answer. */
  readonly response_format?: ResponseFormat | { readonly type: 'text' } | null;
  readonly description?: string | null;
  readonly owner_team?: string | null;
  readonly tags?: readonly string[];
  /** SHA-256 of `template_source`, or the checksum of `messages`, to be checked. */
  readonly template_hash?: string | null;
  readonly source?: SourceLocation | null;
}

export interface RegisterCodeRequest {
  /** 1 to 1,000. */
  readonly prompts: readonly CodePrompt[];
  readonly git?: GitFacts | null;
  /** The environment whose pointers follow the code. Null or left out: `default`, whose pointer is the active version. */
  readonly environment?: string | null;
  /** Answer the same and write nothing. */
  readonly dry_run?: boolean;
}

/**
 * `new`: it was not known; `returned`: it was retired; `changed`: another version was active; `metadata`: only what is
 * said about it differed; `unchanged`: nothing did. The first that holds.
 */
export type RegistrationOutcome = 'new' | 'returned' | 'changed' | 'metadata' | 'unchanged';

export interface RegisteredPrompt {
  readonly name: string;
  readonly mode: 'tracking';
  readonly version: number;
  /** True when another version was active before. */
  readonly change_detected: boolean;
  /** The one that was active before; null when there was none, or it is the same. */
  readonly previous_version: number | null;
  readonly outcome: RegistrationOutcome;
  /** The parts of its response format's schema that vendors will refuse. */
  readonly warnings: readonly SchemaWarning[];
}

export interface RegisterCodeResult {
  /** In the order sent. */
  readonly registered: readonly RegisteredPrompt[];
}

export interface RetireRequest {
  /** 1 to 1,000. */
  readonly prompts: readonly { readonly name: string }[];
  readonly git?: GitFacts | null;
  /** Answer the same and write nothing. */
  readonly dry_run?: boolean;
}

export interface RetiredPrompt {
  readonly name: string;
  readonly mode: 'tracking';
  /** The active version, which stays so. */
  readonly version: number;
  /** False when it was retired already. */
  readonly change_detected: boolean;
}

export interface RetireResult {
  /** In the order sent. */
  readonly retired: readonly RetiredPrompt[];
}

export interface TrackedExecuteRequest {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly version?: number | null;
  /** Names the version by its content. */
  readonly template_hash?: string | null;
  readonly provider?: string | null;
  readonly model_name?: string | null;
  readonly mode?: ExecutionMode | null;
  readonly params?: Params | null;
  readonly environment?: string | null;
  readonly correlation_id?: string | null;
  readonly metadata?: Metadata | null;
  /** The same as in `ExecuteRequest`. */
  readonly unit_key?: string | null;
  readonly timeout_ms?: number | null;
  readonly cache?: CacheOptions | null;
  readonly on_budget?: OnBudget | null;
}

/** The last two are not there when it was queued. */
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
  /** The facts of its registration; null where it was not registered from code. */
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
  /** Left out: the active text stays. */
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
