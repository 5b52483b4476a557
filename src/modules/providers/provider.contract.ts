import type { ProviderErrorDetails } from './provider-error-details.js';
import type { ProviderProgress } from './provider-progress.js';

/**
 * A provider of models. An adapter implements `ModelProvider`, carries `@Provider({ id })`, and knows only its vendor's HTTP: no database,
 * no queue, no retries, no deadlines (they arrive as `request.signal`).
 *
 * The contract grows only by optional members and further event types. Readers skip unknown event types, and a member that an adapter
 * leaves out is not supported, so an older adapter needs no change.
 */
export interface ModelProvider {
  /** Whether a call can be made at all. Called before anything is written, so it must be cheap and local. */
  readiness(): ProviderReadiness;

  /** The params that the vendor supports. Any other is refused before `stream` is called. */
  readonly supportedParams: readonly ParamName[];

  /** Further features that the vendor supports. Others are refused. Left out: none. */
  readonly supportedFeatures?: readonly ProviderFeature[];

  /**
   * Which members of OpenAI's API beyond this contract the vendor supports, by OpenAI's names, in requests (`metadata`) and messages
   * (`name`). Left out: only `parallel_tool_calls`, with the feature `tools`.
   */
  readonly vendorParams?: readonly string[];

  /**
   * The most that one call can be billed, or an upper bound; null if unknown. Must be cheap, because it is called before every call. Left
   * out: the caller bounds the prompt by its bytes.
   */
  maxTokens?(
    request: Pick<ProviderRequest, 'modelName' | 'messages' | 'params' | 'tools' | 'responseFormat'>,
  ): ProviderMaxTokens;

  /**
   * One call to the vendor: exactly one HTTP request, never a retry. Yields one `start`, optionally one `model`, any number of `delta` and
   * `tool_call`, and one `end`. When `request.signal` aborts, stop and close the connection.
   * @throws ProviderError for everything that the vendor or the connection did wrong.
   */
  stream(request: ProviderRequest): AsyncIterable<ProviderEvent>;

  /**
   * Makes the same call for an answer that is not read as it comes: one HTTP request, with the result that `stream` gives piece by piece.
   * It only saves the cost of streaming. Left out: the caller reads `stream` to its end. Observe the signal.
   * @throws ProviderError as `stream` does, with `answerBegan` once a success status has arrived.
   */
  complete?(request: ProviderRequest): Promise<ProviderAnswer>;
}

/** `missing` is the environment variable that has to be set. */
export type ProviderReadiness =
  { readonly ready: true } | { readonly ready: false; readonly missing: string };

export interface ProviderMaxTokens {
  readonly promptTokens: number | null;
  readonly responseTokens: number | null;
}

export interface ProviderRequest {
  /** The vendor's name of the model, without the provider, such as `gpt-4o-mini`. */
  readonly modelName: string;
  /** At least one. A text prompt is one `user` message. */
  readonly messages: readonly ProviderMessage[];
  /** An absent param is not sent, so the vendor's own default applies. */
  readonly params: ProviderParams;
  /** The tools that the model may call. Like the next two, sent only to a provider with the feature `tools`. */
  readonly tools?: readonly ProviderTool[];
  /** Absent: the vendor's default, which is `auto` everywhere. */
  readonly toolChoice?: ProviderToolChoice;
  /** Whether one answer may have several calls. */
  readonly parallelToolCalls?: boolean;
  /** Sent only to a provider with the feature named by its `type`. */
  readonly responseFormat?: ProviderResponseFormat;
  /** Members of OpenAI's API, under its names. Send those that the adapter's `vendorParams` lists. */
  readonly vendorParams?: Readonly<Record<string, unknown>>;
  /** Send it to the vendor in a header, so that the vendor's log identifies the attempt. */
  readonly attemptId: string;
  /** Aborts on a deadline or when the answer is no longer wanted. */
  readonly signal: AbortSignal;
  /** For `complete`: a larger answer is refused, so it need not be read to its end. Absent: the adapter's own bound. */
  readonly maxAnswerBytes?: number;
  /** Optional for the adapter: reports when its request leaves the machine. */
  readonly progress?: ProviderProgress;
}

export interface ProviderMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  /** The text; for a `tool` message, what the tool answered. May be empty if there are `toolCalls`. */
  readonly content: string;
  /** The calls that an `assistant` message made. */
  readonly toolCalls?: readonly ProviderToolCall[];
  /** The call that a `tool` message answers. Every `tool` message has one. */
  readonly toolCallId?: string;
  /** Members of OpenAI's messages, such as `name`. Send those that the adapter's `vendorParams` lists. */
  readonly vendorMembers?: Readonly<Record<string, unknown>>;
}

export interface ProviderToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it, which may be incomplete or invalid. */
  readonly arguments: string;
}

export interface ProviderTool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of an object. Absent: the tool takes no arguments. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Whether the arguments must match the schema exactly. Not sent to a vendor without a field for it. */
  readonly strict?: boolean;
}

/** `required` means any of the tools; a name means that tool. */
export type ProviderToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export type ProviderResponseFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly description?: string;
      readonly strict?: boolean;
    };

export const PROVIDER_FEATURES = ['tools', 'json_object', 'json_schema'] as const;

export type ProviderFeature = (typeof PROVIDER_FEATURES)[number];

export const PARAM_NAMES = [
  'max_new_tokens',
  'temperature',
  'top_p',
  'top_k',
  'repetition_penalty',
  'stop',
  'seed',
] as const;

export type ParamName = (typeof PARAM_NAMES)[number];

/** Params use their wire names, so that a refusal can point at `/params/<name>`. */
export interface ProviderParams {
  /** Maximum tokens of the answer. */
  readonly max_new_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly repetition_penalty?: number;
  /** The answer ends before any of these strings. */
  readonly stop?: readonly string[];
  readonly seed?: number;
}

export type ProviderEvent =
  ProviderStart | ProviderModel | ProviderDelta | ProviderToolCallDelta | ProviderEnd;

/** The vendor has accepted the request. */
export interface ProviderStart {
  readonly type: 'start';
  /** The vendor's own request id, for its support and its log. */
  readonly providerRequestId: string | null;
}

/** Names the served model before the answer, for clients that read it as it comes. `end` names it in any case. */
export interface ProviderModel {
  readonly type: 'model';
  /** The same as in `end`. */
  readonly servedModelName: string | null;
  /** The same as in `end`, as far as known. */
  readonly extras?: Readonly<Record<string, unknown>>;
}

export interface ProviderDelta {
  readonly type: 'delta';
  /** The next piece of the answer. */
  readonly text: string;
  /** Marks the text as the model's refusal, which came in a separate field, such as OpenAI's `refusal`. */
  readonly refusal?: true;
}

/** The next piece of a tool call. */
export interface ProviderToolCallDelta {
  readonly type: 'tool_call';
  /** Which of the answer's calls: 0, 1, 2 … Pieces of several calls may alternate. */
  readonly index: number;
  /** With the first piece, if the vendor sends one. */
  readonly id?: string;
  /** With the first piece. */
  readonly name?: string;
  /** The next piece of the JSON text; may be empty. */
  readonly arguments: string;
}

/** The answer is complete. A stream that stops without this event was cut off. */
export interface ProviderEnd {
  readonly type: 'end';
  /**
   * One of `stop`, `length`, `content_filter` and `tool_calls` if the vendor's own word means the same, else that word. `usage.raw` keeps a
   * translated word under the vendor's name for the field.
   */
  readonly finishReason: string | null;
  /**
   * Whether the vendor's word says that the answer is unfinished: a malformed tool call, an error, a pause. What arrived is kept, and the
   * call counts as failed.
   */
  readonly isUnfinished?: boolean;
  readonly usage: ProviderUsage;
  /** The exact model that answered, such as `gpt-4o-mini-2024-07-18`. */
  readonly servedModelName: string | null;
  /**
   * Further facts that a client of this vendor would see, under the vendor's own names, such as `system_fingerprint`.
   * JSON of a few hundred characters.
   */
  readonly extras?: Readonly<Record<string, unknown>>;
}

/** The result of `complete`: everything that the events of `stream` would contain. */
export interface ProviderAnswer extends Omit<ProviderEnd, 'type'> {
  /** The same as in `start`. */
  readonly providerRequestId: string | null;
  /** May be empty. Includes any refusal. */
  readonly text: string;
  /** The part of the text that came in the vendor's field for refusals; null or absent when none did. */
  readonly refusal?: string | null;
  /** In order. Absent when there are none. */
  readonly toolCalls?: readonly ProviderAnswerToolCall[];
}

/** A tool call as the vendor sent it. */
export interface ProviderAnswerToolCall {
  /** Absent if the vendor sent none. The caller then generates one. */
  readonly id?: string;
  readonly name: string;
  /** JSON text as the model wrote it. */
  readonly arguments: string;
}

/** Null means that the vendor did not say. 0 never stands for it. */
export interface ProviderUsage {
  /** All tokens of the prompt, including those read from a cache. */
  readonly promptTokens: number | null;
  /** All tokens that the model wrote, including reasoning. */
  readonly responseTokens: number | null;
  /** Tokens of the prompt that the vendor read from its cache. Left out means null. */
  readonly cachedPromptTokens?: number | null;
  /** The tokens of the response that are reasoning and not in the text. Left out means null. */
  readonly reasoningTokens?: number | null;
  /** What the vendor reported, unchanged. Null when nothing arrived. */
  readonly raw: unknown;
}

/**
 * | kind                | when                                                            | tried again |
 * | ------------------- | --------------------------------------------------------------- | ----------- |
 * | `rate_limited`      | 429                                                             | yes         |
 * | `provider_rejected` | any other 4xx but 408: the request is wrong and stays wrong     | no          |
 * | `provider_error`    | 408, 5xx, an answer that makes no sense                         | yes         |
 * | `connection`        | refused, reset, cut off before the end                          | yes         |
 * | `timeout`           | a deadline of ours passed (adapters need not throw this one)    | yes         |
 */
export type ProviderErrorKind =
  'timeout' | 'rate_limited' | 'provider_error' | 'provider_rejected' | 'connection';

export type { ProviderConnect, ProviderEnv } from './provider-env.js';
export type { ProviderErrorDetails } from './provider-error-details.js';

/** A failed call. `message` is stored and shown, so it must not contain keys, headers, or words of the prompt or the answer. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly providerRequestId: string | null;
  /** Null: the adapter did not say. */
  readonly answerBegan: boolean | null;
  /** False only when certain. */
  readonly wasSent: boolean;
  readonly isCut: boolean;
  /** Null: the kind decides. */
  readonly shouldRetry: boolean | null;

  constructor(
    readonly kind: ProviderErrorKind,
    message: string,
    details: ProviderErrorDetails = {},
  ) {
    super(message);
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.providerRequestId = details.providerRequestId ?? null;
    this.answerBegan = details.answerBegan ?? null;
    this.wasSent = details.wasSent ?? true;
    this.isCut = details.isCut ?? false;
    this.shouldRetry = details.shouldRetry ?? null;
  }
}
