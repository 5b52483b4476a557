import type { CodeRegistry } from './registration/code-registry.js';
import {
  type CallOptions,
  ConfigurationError,
  type ConnectionOptions,
  type StreamCallOptions,
} from './core/index.js';
import type { Content } from './prompts/content.js';
import type { GetPromptOptions } from './prompts/get-prompt-options.js';
import type { VariablesIn, Variables } from './prompts/template-variables.js';
import type { Extracted } from './tracking/extract.js';
import type { RecorderOptions } from './tracking/recorder.js';
import type {
  CacheOptions,
  Metadata,
  ModelRef,
  ModelSelection,
  OnBudget,
  OnUnknown,
  Params,
  RouteRef,
} from './wire/index.js';

/** `full`: prompts are managed in the ledger; `tracking_only`: they live in this code, and the ledger follows them. */
export type LedgerMode = 'full' | 'tracking_only';

export interface PromptLedgerOptions<M extends LedgerMode, R extends CodeRegistry> extends ConnectionOptions {
  /** Default `full`. */
  readonly mode?: M | undefined;
  /** The prompts of this code; needed for `tracking_only`. */
  readonly codeRegistry?: R | undefined;
  /** The environment of executions and prompts that name none, such as `prod`. */
  readonly environment?: string | undefined;
  /** The most that `compile` may return, in bytes of UTF-8. Default 200 KiB, as the ledger's. */
  readonly maxRenderedBytes?: number | undefined;
  /** The bounds of `track`, and the callback for losses. */
  readonly tracking?: RecorderOptions | undefined;
  /** Default: `console.warn`. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** Names that may be run: in code those of the registry, else any. */
export type NameOf<M extends LedgerMode, R extends CodeRegistry> = M extends 'full'
  ? string
  : R extends (name: string) => string
    ? string
    : Extract<keyof R, string>;

/**
 * Variables of the ledger's prompts, by their names. `prompt-ledger types` writes a file that adds them from the schemas of the
 * active versions; without it any variables may be sent.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- declarations of others add to it
export interface PromptVariables {}

/** Variables of a prompt: typed from the template where it is a literal in code, else by {@link PromptVariables}. */
export type VariablesOf<M extends LedgerMode, R extends CodeRegistry, K> = M extends 'full'
  ? K extends keyof PromptVariables
    ? PromptVariables[K]
    : Variables
  : R extends (name: string) => string
    ? Variables
    : K extends keyof R
      ? VariablesIn<R[K]>
      : Variables;

/** Either the whole reference, or `provider/model_name`. */
export type ModelChoice = ModelRef | `${string}/${string}`;

/** One model, several to be tried in their order, or a route of the ledger. */
export type ModelsChoice = ModelChoice | readonly ModelChoice[] | RouteRef;

export interface ExecuteOptions {
  readonly version?: number | undefined;
  /** Default: the ledger's `DEFAULT_MODEL`. */
  readonly model?: ModelsChoice | undefined;
  readonly params?: Params | undefined;
  /** Take the answer that the same request got lately. Default: ask the provider. */
  readonly cache?: CacheOptions | null | undefined;
  /** The reaction when a hard budget has less left than the call may cost. Default `refuse`. */
  readonly onBudget?: OnBudget | undefined;
  readonly environment?: string | undefined;
  /** Your own id, to find the execution by. */
  readonly correlationId?: string | undefined;
  /** Your own facts, to find the execution by: up to 16 texts of 512 characters, under keys of 64. */
  readonly metadata?: Metadata | undefined;
  /** The unit that stays with one arm of a rollout, such as the id of a user; only a keyed hash of it is kept. */
  readonly unitKey?: string | undefined;
  /** Milliseconds that the ledger has for it. */
  readonly timeoutMs?: number | undefined;
  /** Default: one of its own for each call. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StreamOptions extends ExecuteOptions {
  /** Milliseconds without a byte, keep-alives included, after which it is given up. Default: the client's `timeoutMs`. */
  readonly idleTimeoutMs?: number | undefined;
}

export interface SubmitOptions extends ExecuteOptions {
  /** Is told when it is final. */
  readonly callbackUrl?: string | undefined;
  /** Calls to the provider, the first included. */
  readonly maxAttempts?: number | undefined;
  readonly onUnknown?: OnUnknown | undefined;
}

/** Options that each execution has of its own stand in its item. */
export type SubmitBatchOptions = Omit<SubmitOptions, 'correlationId' | 'metadata' | 'unitKey'>;

export interface BatchItem<V = Variables> {
  readonly variables: V;
  readonly correlationId?: string | undefined;
  readonly metadata?: Metadata | undefined;
  readonly unitKey?: string | undefined;
}

export interface PromptMetadata {
  readonly description?: string | null | undefined;
  readonly ownerTeam?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly createdBy?: string | null | undefined;
  readonly commitMessage?: string | null | undefined;
}

/** Exactly one of `template` and `messages`. */
export interface PromptText extends PromptMetadata {
  readonly template?: string | undefined;
  readonly messages?: Exclude<Content, string> | undefined;
}

export interface CreatePromptOptions extends PromptText {
  readonly name: string;
}

export interface TrackOptions extends GetPromptOptions {
  /** Default: what the answer says. */
  readonly model?: ModelChoice | undefined;
  /** The parameters of the call, for the lineage. */
  readonly params?: Params | undefined;
  readonly environment?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** For answers of another shape than OpenAI's, Anthropic's and Gemini's; null: read it by its shape after all. */
  readonly extract?: ((result: unknown) => Extracted | null) | undefined;
}

export interface AnalyticsOptions {
  readonly from?: string | Date | undefined;
  readonly to?: string | Date | undefined;
  readonly promptName?: string | undefined;
}

/** The vendors by the names of their models, for callers that leave out the provider. */
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/^(gpt-|chatgpt-|o[1-9])/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'google'],
  [/^echo(-|$)/, 'echo'],
];

/** @throws ConfigurationError for a text without a slash */
export function toModelRef(model: ModelChoice): ModelRef {
  if (typeof model !== 'string') return model;
  const slash = model.indexOf('/');
  if (slash < 1 || slash === model.length - 1) {
    const meant = VENDORS.find(([names]) => names.test(model));
    const hint = meant === undefined ? '' : ` Did you mean "${meant[1]}/${model}"?`;
    throw new ConfigurationError(`Name the model as provider/model_name, not "${model}".${hint}`);
  }
  return { provider: model.slice(0, slash), model_name: model.slice(slash + 1) };
}

/** @throws ConfigurationError for a text without a slash */
export function toModelSelection(models: ModelsChoice): ModelSelection {
  if (isList(models)) return models.map(toModelRef);
  return typeof models === 'object' && 'route' in models ? models : toModelRef(models);
}

/** `Array.isArray` does not know of arrays that are only read. */
function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** Returns the options of an execution that concern the transport. */
export function toCallOptions({ idempotencyKey, signal }: ExecuteOptions): CallOptions {
  return { idempotencyKey, signal };
}

/** The same of a stream. */
export function toStreamCallOptions({ idleTimeoutMs, ...options }: StreamOptions): StreamCallOptions {
  return { ...toCallOptions(options), idleTimeoutMs };
}
