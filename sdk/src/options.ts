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

/** `full`: prompts are managed in the ledger. `tracking_only`: they are in this code, and the ledger follows them. */
export type LedgerMode = 'full' | 'tracking_only';

export interface PromptLedgerOptions<M extends LedgerMode, R extends CodeRegistry> extends ConnectionOptions {
  /** Default `full`. */
  readonly mode?: M | undefined;
  /** The prompts of this code; required for `tracking_only`. */
  readonly codeRegistry?: R | undefined;
  /** The environment for executions and prompts that do not name one, such as `prod`. */
  readonly environment?: string | undefined;
  /** The largest result of `compile` in UTF-8 bytes. Default 200 KiB, like the ledger's. */
  readonly maxRenderedBytes?: number | undefined;
  /** The limits of `track` and the callback for lost executions. */
  readonly tracking?: RecorderOptions | undefined;
  /** Default: `console.warn`. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** The names that may be run: those of the registry when prompts are in code, otherwise any. */
export type NameOf<M extends LedgerMode, R extends CodeRegistry> = M extends 'full'
  ? string
  : R extends (name: string) => string
    ? string
    : Extract<keyof R, string>;

/**
 * The variables of the ledger's prompts by name. `prompt-ledger types` writes a file that adds them from the schemas of the active
 * versions. Without it any variables are accepted.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- declarations of others add to it
export interface PromptVariables {}

/** The variables of a prompt: typed from the template if it is a literal in code, otherwise by {@link PromptVariables}. */
export type VariablesOf<M extends LedgerMode, R extends CodeRegistry, K> = M extends 'full'
  ? K extends keyof PromptVariables
    ? PromptVariables[K]
    : Variables
  : R extends (name: string) => string
    ? Variables
    : K extends keyof R
      ? VariablesIn<R[K]>
      : Variables;

/** A full reference or `provider/model_name`. */
export type ModelChoice = ModelRef | `${string}/${string}`;

/** One model, several to try in order, or a route of the ledger. */
export type ModelsChoice = ModelChoice | readonly ModelChoice[] | RouteRef;

export interface ExecuteOptions {
  readonly version?: number | undefined;
  /** Default: the ledger's `DEFAULT_MODEL`. */
  readonly model?: ModelsChoice | undefined;
  readonly params?: Params | undefined;
  /** Accept a recent answer to the same request. Default: ask the provider. */
  readonly cache?: CacheOptions | null | undefined;
  /** What to do when a hard budget has less left than the call may cost. Default `refuse`. */
  readonly onBudget?: OnBudget | undefined;
  readonly environment?: string | undefined;
  /** Your own id, for finding the execution. */
  readonly correlationId?: string | undefined;
  /** Your own facts, for finding the execution: up to 16 texts of 512 characters, under keys of 64. */
  readonly metadata?: Metadata | undefined;
  /** The unit that stays in one arm of a rollout, such as a user id. Only a keyed hash of it is stored. */
  readonly unitKey?: string | undefined;
  /** The ledger's time limit in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Default: a new one for each call. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StreamOptions extends ExecuteOptions {
  /** Milliseconds without any byte, including keep-alives, before the stream is given up. Default: the client's `timeoutMs`. */
  readonly idleTimeoutMs?: number | undefined;
}

export interface SubmitOptions extends ExecuteOptions {
  /** The address to notify when the execution is final. */
  readonly callbackUrl?: string | undefined;
  /** The most provider calls, including the first. */
  readonly maxAttempts?: number | undefined;
  readonly onUnknown?: OnUnknown | undefined;
}

/** The options that differ between executions are in their items. */
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
  /** Default: the model named in the answer. */
  readonly model?: ModelChoice | undefined;
  /** The parameters of the call, for the record. */
  readonly params?: Params | undefined;
  readonly environment?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** Reads answers in another shape than OpenAI's, Anthropic's or Gemini's; return null to read the answer by its shape after all. */
  readonly extract?: ((result: unknown) => Extracted | null) | undefined;
}

export interface AnalyticsOptions {
  readonly from?: string | Date | undefined;
  readonly to?: string | Date | undefined;
  readonly promptName?: string | undefined;
}

/** Vendors by model name, for callers that leave out the provider. */
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

/** `Array.isArray` does not narrow readonly arrays. */
function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** Returns an execution's options that concern the transport. */
export function toCallOptions({ idempotencyKey, signal }: ExecuteOptions): CallOptions {
  return { idempotencyKey, signal };
}

/** Returns a stream's options that concern the transport. */
export function toStreamCallOptions({ idleTimeoutMs, ...options }: StreamOptions): StreamCallOptions {
  return { ...toCallOptions(options), idleTimeoutMs };
}
