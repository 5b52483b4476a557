import type { ChatMessage, ContentExtras, UnsavedContent } from '../registry/prompts.js';

export type ExecutionStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'canceled';
/** `sync`: the caller waited. `async`: the execution was queued. */
export type ExecutionMode = 'sync' | 'async';
/** `ledger`: the ledger called the provider. `recorded`: a client did and reported it. */
export type ExecutionOrigin = 'ledger' | 'recorded';
/** How the version was found: by the environment's pointer, as the active one, or because the request named it. */
export type ResolvedBy = 'environment' | 'active' | 'version_number' | 'template_hash';
export type ErrorType =
  | 'timeout'
  | 'rate_limited'
  | 'provider_error'
  | 'provider_rejected'
  | 'connection'
  | 'outcome_unknown'
  | 'internal';
/** What to do when a process is lost during a call: call again, or end as `outcome_unknown`. */
export type OnUnknown = 'retry' | 'fail';

export interface ModelRef {
  readonly provider: string;
  readonly model_name: string;
}

/** A route that is stored in the ledger. */
export interface RouteRef {
  readonly route: string;
}

/** One model, several to try in order, or a route. */
export type ModelSelection = ModelRef | readonly ModelRef[] | RouteRef;

/** Accept an answer to the same request that is at most this many seconds old. */
export interface CacheOptions {
  readonly ttl_s: number;
}

/** What to do when a hard budget has less left than a call may cost: refuse it (402), or request a shorter answer. */
export type OnBudget = 'refuse' | 'clamp';

/** Generation parameters. A parameter that the provider does not support is refused. */
export interface Params {
  readonly max_new_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly top_k?: number | null;
  readonly repetition_penalty?: number | null;
  /** The answer ends before any of these texts. */
  readonly stop?: string | readonly string[] | null;
  readonly seed?: number | null;
}

/** A figure is null when the provider did not report it. */
export interface Telemetry {
  readonly prompt_tokens: number | null;
  readonly response_tokens: number | null;
  readonly latency_ms: number | null;
  /** Prompt tokens that the provider had in its cache. */
  readonly cached_prompt_tokens: number | null;
  /** Reasoning tokens of the answer, which are not in its text. */
  readonly reasoning_tokens: number | null;
  /** Milliseconds until the first piece of the answer; null if it was not streamed. */
  readonly time_to_first_token_ms: number | null;
}

/** A caller's own facts: up to 16 texts of at most 512 characters, under keys of 1 to 64. */
export type Metadata = Readonly<Record<string, string>>;

export interface ExecuteRequest {
  readonly prompt_name: string;
  /** Default or null: the version that runs in the environment. */
  readonly version_number?: number | null;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Default or null: the project's `default_model`, or the ledger's `DEFAULT_MODEL`. */
  readonly model?: ModelSelection | null;
  readonly params?: Params | null;
  /** The environment, such as `dev` or `prod`. Default or null: `default`. */
  readonly environment?: string | null;
  readonly correlation_id?: string | null;
  readonly metadata?: Metadata | null;
  /** The unit that stays in one arm of a rollout, such as a user id. Only a keyed hash of it is stored. */
  readonly unit_key?: string | null;
  /** Time limit in milliseconds: for the whole call of `:run` and `:stream`, for each attempt of `:submit`. */
  readonly timeout_ms?: number | null;
  /** The most provider calls, including the first. */
  readonly max_attempts?: number | null;
  readonly on_unknown?: OnUnknown | null;
  /** Default or null: ask the provider. */
  readonly cache?: CacheOptions | null;
  /** Default or null: `refuse`. */
  readonly on_budget?: OnBudget | null;
}

/** Runs a content that is not a version of a prompt, for instance to try it before saving. */
export interface ExecuteContentRequest extends Omit<ExecuteRequest, 'prompt_name' | 'version_number'> {
  readonly content: UnsavedContent;
}

export interface SubmitRequest extends ExecuteRequest {
  /** The address to notify when the execution is final. */
  readonly callback_url?: string | null;
}

export interface SubmittedExecution {
  readonly execution_id: string;
  readonly status: 'queued';
  readonly mode: 'async';
  /** The arm of the rollout that chose the version; absent if none did. */
  readonly rollout?: ExecutionArm;
}

/** The rollout that chose the version of an execution. */
export interface ExecutionArm {
  readonly rollout_id: string;
  readonly arm: 'control' | 'candidate';
  /** The step of the rollout, counted from 1. */
  readonly phase: number;
  /** `request` means that the request had no key and is its own unit. */
  readonly unit: 'unit_key' | 'request';
}

export interface ExecutionSummary {
  readonly execution_id: string;
  readonly status: ExecutionStatus;
  readonly mode: ExecutionMode;
  readonly origin: ExecutionOrigin;
  /** This and the next two are null for a call without a prompt of the ledger. */
  readonly prompt_name: string | null;
  readonly version_number: number | null;
  readonly checksum_hash: string | null;
  readonly environment: string;
  /** Null for a call without a prompt of the ledger. */
  readonly resolved_by: ResolvedBy | null;
  readonly model: ModelRef;
  readonly finish_reason: string | null;
  readonly telemetry: Telemetry;
  readonly correlation_id: string | null;
  /** Absent when there is none. */
  readonly metadata?: Metadata;
  /** The arm of the rollout that chose the version; absent if none did. */
  readonly rollout?: ExecutionArm;
  readonly batch_id: string | null;
  /** Null unless the execution failed. */
  readonly error_type: ErrorType | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  /** When the content was erased; null while it exists. Absent in the answer of a run. */
  readonly content_erased_at?: string | null;
  /** Whether the answer matches its JSON Schema; null when unchecked. Absent in the answer of a run without a schema. */
  readonly output_valid?: boolean | null;
}

/** A function call that the model requests. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** The JSON text that the model wrote, which may be invalid. */
  readonly arguments: string;
}

/** An execution with its result. */
export interface ExecutionOutcome extends ExecutionSummary {
  /** Null when there is no answer. */
  readonly response_text: string | null;
  /** True when only the beginning of the answer is stored. */
  readonly response_truncated: boolean;
  /** Covers the whole answer. */
  readonly response_sha256: string | null;
  /** Null when the model requested none. */
  readonly tool_calls: readonly ToolCall[] | null;
  /** The first fault of an answer that violates its schema. */
  readonly output_error?: { readonly pointer: string; readonly message: string } | null;
  /** Exact dollars as a decimal; null when a price or the usage is unknown. */
  readonly cost_usd: string | null;
  /** The cost in whole pico-dollars (10⁻¹² dollars). */
  readonly cost_pico_usd: string | null;
  /** The price used to compute the cost. */
  readonly price_id: string | null;
  /** True when an earlier execution's answer was reused at no cost. */
  readonly cache_hit: boolean;
  /** The id of that execution. */
  readonly cached_from: string | null;
  /** The name of the requested route. */
  readonly route: string | null;
}

/** The result of running a prompt. */
export interface ExecutionResult extends ExecutionOutcome {
  readonly prompt_name: string;
  readonly version_number: number;
  readonly checksum_hash: string;
}

/** One call to a provider. */
export interface Attempt {
  readonly attempt: number;
  readonly status: 'dispatched' | 'succeeded' | 'failed' | 'outcome_unknown' | 'fenced';
  readonly provider: string;
  readonly model_name: string;
  readonly started_at: string;
  readonly completed_at: string | null;
  readonly latency_ms: number | null;
  readonly error_type: ErrorType | null;
  readonly error_message: string | null;
  /** The vendor's HTTP status. */
  readonly provider_status: number | null;
  readonly provider_request_id: string | null;
  /** Exact dollars as a decimal; null when a price or the usage is unknown. */
  readonly cost_usd: string | null;
  /** The cost in whole pico-dollars (10⁻¹² dollars). */
  readonly cost_pico_usd: string | null;
  readonly price_id: string | null;
  readonly prompt_tokens: number | null;
  readonly response_tokens: number | null;
}

/** The complete record. It has `rendered_prompt` or `messages`; these and the variables are null once the content is erased. */
export interface Execution extends ExecutionOutcome {
  /** Null for a call without a prompt of the ledger. */
  readonly version_id: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
  /** Paths of the variables that the project masks, such as `customer.email`; their values read `***`. */
  readonly masked: readonly string[];
  readonly rendered_prompt?: string | null;
  readonly messages?: readonly ChatMessage[] | null;
  /** The tools and response format that were sent; null when there were none. */
  readonly extras: ContentExtras | null;
  /** The content that was run without a version; null for a version and once it is erased. */
  readonly content: UnsavedContent | null;
  /** The models that it may be sent to, in order; null when there is only one. */
  readonly models: readonly ModelRef[] | null;
  readonly params: Params;
  /** Further members of a chat completion in OpenAI's names; null when there were none. */
  readonly vendor_params: Readonly<Record<string, unknown>> | null;
  /** Null for a recorded execution. */
  readonly timeout_ms: number | null;
  readonly max_attempts: number;
  readonly on_unknown: OnUnknown;
  /** The place of the prompt in the code; null for a prompt managed in the ledger. */
  readonly git: Readonly<Record<string, unknown>> | null;
  readonly callback_url: string | null;
  readonly error_message: string | null;
  readonly attempts: readonly Attempt[];
}

export interface ExecutionList {
  readonly executions: readonly ExecutionSummary[];
  readonly next_cursor: string | null;
}

export interface ListExecutionsQuery {
  /** Requires `prompt_name`. */
  readonly version_number?: number;
  /** `provider/model_name`. */
  readonly model?: string;
  readonly owner_team?: string;
  /** The key's id. */
  readonly api_key?: string;
  /** Only executions that lack this. */
  readonly without?: 'prompt' | 'owner_team' | 'api_key';
  /** True for ended executions only, false for all others. */
  readonly final?: boolean;
  readonly prompt_name?: string;
  readonly status?: ExecutionStatus;
  readonly environment?: string;
  readonly correlation_id?: string;
  /** Only executions with all of these pairs. */
  readonly metadata?: Metadata;
  readonly batch_id?: string;
  /** Only executions of this rollout. */
  readonly rollout_id?: string;
  /** Only executions of this arm. Requires `rollout_id`. */
  readonly arm?: ExecutionArm['arm'];
  /** Only executions whose answer was checked against its schema with this result. */
  readonly output_valid?: boolean;
  /** RFC 3339 or a Date. */
  readonly created_after?: string | Date;
  readonly created_before?: string | Date;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
