import type { ChatMessage, ContentExtras, UnsavedContent } from '../registry/prompts.js';

export type ExecutionStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'canceled';
/** `sync`: the caller waited; `async`: it was queued. */
export type ExecutionMode = 'sync' | 'async';
/** `ledger`: the ledger called the provider; `recorded`: a client did, and reported it. */
export type ExecutionOrigin = 'ledger' | 'recorded';
/** The way in which the version was found: where the environment points, as the active one, or because it was named. */
export type ResolvedBy = 'environment' | 'active' | 'version_number' | 'template_hash';
export type ErrorType =
  | 'timeout'
  | 'rate_limited'
  | 'provider_error'
  | 'provider_rejected'
  | 'connection'
  | 'outcome_unknown'
  | 'internal';
/** When a process is lost that made a call: call again, or end as `outcome_unknown`. */
export type OnUnknown = 'retry' | 'fail';

export interface ModelRef {
  readonly provider: string;
  readonly model_name: string;
}

/** Models of a route that is kept in the ledger. */
export interface RouteRef {
  readonly route: string;
}

/** One model, several to be tried in their order, or a route. */
export type ModelSelection = ModelRef | readonly ModelRef[] | RouteRef;

/** Take the answer that the same request got at most this many seconds ago. */
export interface CacheOptions {
  readonly ttl_s: number;
}

/** When a hard budget has less left than a call may cost: refuse it (402), or ask for a shorter answer. */
export type OnBudget = 'refuse' | 'clamp';

/** Params of the generation. One that a provider has no field for is refused. */
export interface Params {
  readonly max_new_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly top_k?: number | null;
  readonly repetition_penalty?: number | null;
  /** The answer ends before any of these. */
  readonly stop?: string | readonly string[] | null;
  readonly seed?: number | null;
}

/** Null where the provider did not say. */
export interface Telemetry {
  readonly prompt_tokens: number | null;
  readonly response_tokens: number | null;
  readonly latency_ms: number | null;
  /** Tokens of the prompt that the provider had in its cache. */
  readonly cached_prompt_tokens: number | null;
  /** Tokens of the answer that are reasoning and not in the text. */
  readonly reasoning_tokens: number | null;
  /** Milliseconds until the first piece of the answer; null where it was not streamed. */
  readonly time_to_first_token_ms: number | null;
}

/** A caller's own facts: up to 16 texts of at most 512 characters, under keys of 1 to 64. */
export type Metadata = Readonly<Record<string, string>>;

export interface ExecuteRequest {
  readonly prompt_name: string;
  /** Null or left out: the one that runs in the environment. */
  readonly version_number?: number | null;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Null or left out: the project's `default_model`, or the ledger's `DEFAULT_MODEL`. */
  readonly model?: ModelSelection | null;
  readonly params?: Params | null;
  /** The environment, such as `dev` or `prod`. Null or left out: `default`. */
  readonly environment?: string | null;
  readonly correlation_id?: string | null;
  readonly metadata?: Metadata | null;
  /** The unit that stays with one arm of a rollout, such as the id of a user; only a keyed hash of it is kept. */
  readonly unit_key?: string | null;
  /** Milliseconds: of `:run` and `:stream` for the whole call, of `:submit` for each attempt. */
  readonly timeout_ms?: number | null;
  /** Calls to the provider, the first included. */
  readonly max_attempts?: number | null;
  readonly on_unknown?: OnUnknown | null;
  /** Null or left out: the provider is asked. */
  readonly cache?: CacheOptions | null;
  /** Null or left out: `refuse`. */
  readonly on_budget?: OnBudget | null;
}

/** Runs a content that is not a version of a prompt, such as one that is tried before it is saved. */
export interface ExecuteContentRequest extends Omit<ExecuteRequest, 'prompt_name' | 'version_number'> {
  readonly content: UnsavedContent;
}

export interface SubmitRequest extends ExecuteRequest {
  /** Is told when the execution is final. */
  readonly callback_url?: string | null;
}

export interface SubmittedExecution {
  readonly execution_id: string;
  readonly status: 'queued';
  readonly mode: 'async';
  /** The arm of the rollout that chose the version; left out where none did. */
  readonly rollout?: ExecutionArm;
}

/** The rollout that chose the version of an execution. */
export interface ExecutionArm {
  readonly rollout_id: string;
  readonly arm: 'control' | 'candidate';
  /** The step of the rollout, from 1. */
  readonly phase: number;
  /** `request`: it came without a key, and is a unit of its own. */
  readonly unit: 'unit_key' | 'request';
}

export interface ExecutionSummary {
  readonly execution_id: string;
  readonly status: ExecutionStatus;
  readonly mode: ExecutionMode;
  readonly origin: ExecutionOrigin;
  /** Null of a call that was made without a prompt of the ledger, as are the next two. */
  readonly prompt_name: string | null;
  readonly version_number: number | null;
  readonly checksum_hash: string | null;
  readonly environment: string;
  /** Null of a call that was made without a prompt of the ledger. */
  readonly resolved_by: ResolvedBy | null;
  readonly model: ModelRef;
  readonly finish_reason: string | null;
  readonly telemetry: Telemetry;
  readonly correlation_id: string | null;
  /** Left out when there is none. */
  readonly metadata?: Metadata;
  /** The arm of the rollout that chose the version; left out where none did. */
  readonly rollout?: ExecutionArm;
  readonly batch_id: string | null;
  /** Null unless it failed. */
  readonly error_type: ErrorType | null;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  /** When its content was erased; null while it is there. Left out of the answer of a run. */
  readonly content_erased_at?: string | null;
  /** Whether the answer fits its JSON Schema; null where it was not checked. Left out of the answer of a run without a schema. */
  readonly output_valid?: boolean | null;
}

/** A function that the model wants to have called. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as the model wrote it: it may be none. */
  readonly arguments: string;
}

/** An execution with what came of it. */
export interface ExecutionOutcome extends ExecutionSummary {
  /** Null when there is no answer. */
  readonly response_text: string | null;
  /** True when only the beginning of the answer is kept. */
  readonly response_truncated: boolean;
  /** Covers the whole answer. */
  readonly response_sha256: string | null;
  /** Null when the model asked for none. */
  readonly tool_calls: readonly ToolCall[] | null;
  /** The first fault of an answer that breaks its schema. */
  readonly output_error?: { readonly pointer: string; readonly message: string } | null;
  /** Dollars, exact, as a decimal; null where a price or the usage is not known. */
  readonly cost_usd: string | null;
  /** The same in whole millionths of a millionth of a dollar. */
  readonly cost_pico_usd: string | null;
  /** The price that its cost was computed by. */
  readonly price_id: string | null;
  /** True when the answer is that of an earlier execution, and cost nothing. */
  readonly cache_hit: boolean;
  /** Id of that execution. */
  readonly cached_from: string | null;
  /** Name of the route that was asked for. */
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
  /** Dollars, exact, as a decimal; null where a price or the usage is not known. */
  readonly cost_usd: string | null;
  /** The same in whole millionths of a millionth of a dollar. */
  readonly cost_pico_usd: string | null;
  readonly price_id: string | null;
  readonly prompt_tokens: number | null;
  readonly response_tokens: number | null;
}

/** The whole lineage. It has `rendered_prompt` or `messages`; these and the variables are null once the content is erased. */
export interface Execution extends ExecutionOutcome {
  /** Null of a call that was made without a prompt of the ledger. */
  readonly version_id: string | null;
  readonly variables: Readonly<Record<string, unknown>> | null;
  /** Variables that the project masks, as paths such as `customer.email`: their values stand as `***`. */
  readonly masked: readonly string[];
  readonly rendered_prompt?: string | null;
  readonly messages?: readonly ChatMessage[] | null;
  /** Tools and response format that were sent along; null when there were none. */
  readonly extras: ContentExtras | null;
  /** The content that was run where that was no version; null of a version, and once it is erased. */
  readonly content: UnsavedContent | null;
  /** The models that it may be sent to, in their order; null where there is only the one. */
  readonly models: readonly ModelRef[] | null;
  readonly params: Params;
  /** Further members of a chat completion, by OpenAI's names; null where there were none. */
  readonly vendor_params: Readonly<Record<string, unknown>> | null;
  /** Null for what a client recorded. */
  readonly timeout_ms: number | null;
  readonly max_attempts: number;
  readonly on_unknown: OnUnknown;
  /** The place of its prompt in the code; null for one that is managed in the ledger. */
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
  /** Needs `prompt_name`. */
  readonly version_number?: number;
  /** `provider/model_name`. */
  readonly model?: string;
  readonly owner_team?: string;
  /** The key's id. */
  readonly api_key?: string;
  /** Only those that have none of this. */
  readonly without?: 'prompt' | 'owner_team' | 'api_key';
  /** Only those that are over, or only the others. */
  readonly final?: boolean;
  readonly prompt_name?: string;
  readonly status?: ExecutionStatus;
  readonly environment?: string;
  readonly correlation_id?: string;
  /** Only those that have all of these pairs. */
  readonly metadata?: Metadata;
  readonly batch_id?: string;
  /** Only of this rollout. */
  readonly rollout_id?: string;
  /** Only of this arm; it needs `rollout_id`. */
  readonly arm?: ExecutionArm['arm'];
  /** Only those whose answer was checked against its schema, and fits or does not. */
  readonly output_valid?: boolean;
  /** RFC 3339, or a Date. */
  readonly created_after?: string | Date;
  readonly created_before?: string | Date;
  /** The size of a page: 1 to 200, default 50. */
  readonly limit?: number;
}
