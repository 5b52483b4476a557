import type { SentMessage, StoredArm } from '../../../entities/index.js';
import type { CompiledPrompt, ContentExtras } from '../../../templating/index.js';
import type {
  PinnedVersion,
  ResolvedBy,
  ResolvedVersion,
  RunningRollout,
  UnsavedContent,
  UnsavedContentDto,
} from '../../prompts/index.js';
import type { ProviderMessage, ProviderParams, ProviderRequest } from '../../providers/index.js';
import type { MaskRules, ProjectPolicy } from '../../projects/index.js';
import type { ChargeBound } from './charge-bound.js';
import type { ExecutionMetadata } from '../wire/execution-metadata.js';
import type { SharedExecutionDto } from '../wire/execute.dto.js';
import type { CacheDto, ParamsDto } from '../wire/model-choice.dto.js';
import type { Targets } from './execution-targets.js';
import type { SentPrompt } from '../facts/sent-prompt.js';
import type { KeptContent } from '../masking/index.js';
import type { ProjectProviderSet } from '../../secrets/index.js';

export const DEFAULT_ENVIRONMENT = 'default';

/** A call that brings its own messages and runs no prompt. */
export interface BareCall {
  readonly messages: readonly SentMessage[];
  readonly extras: ContentExtras | null;
  /** Templates that are rendered in place of the messages; left out where the messages are sent unchanged. */
  readonly content?: UnsavedContent;
}

/** A `:run`, a `:submit`, a batch, or the equivalent of a request to another API. */
export type RequestToAdmit = Omit<SharedExecutionDto, 'prompt_name'> & {
  /** Absent only for a bare call. */
  readonly prompt_name?: string;
  readonly bare?: BareCall;
  /** Turned into a bare call. */
  readonly content?: UnsavedContentDto | null;
  readonly callback_url?: string | null;
  /** The id of the experiment that the request is part of. Batches set theirs when they begin. */
  readonly batch_id?: string | null;
  readonly cache?: CacheDto | null;
  /** Names the version by its content. */
  readonly template_hash?: string | null;
  /** The version that `prompt_name` and `version_number` must refer to. It runs even when its prompt has been deleted. */
  readonly pinned?: PinnedVersion | null;
  /** Follow the messages of the prompt. */
  readonly further_messages?: readonly SentMessage[];
  /** The unit that stays with one arm of a rollout. Each entry of a batch has its own. */
  readonly unit_key?: string | null;
  /** Members of OpenAI's API, under its names; sent where the provider has a field for them. */
  readonly vendor_params?: Readonly<Record<string, unknown>> | null;
};

/** A prompt with the version that will be run. */
export interface AdmittedPrompt {
  readonly name: string;
  readonly version: ResolvedVersion;
  readonly compiled: CompiledPrompt;
  /** The prompt's revision when it was read from a cache, for the insert to compare; null when it was read just now. */
  readonly revision: number | null;
  readonly resolvedBy: ResolvedBy;
  /** The rollout in progress in the environment; null if there is none, or the request named a version. */
  readonly rollout: RunningRollout | null;
  /** The arm that the rollout assigned to the request; null with `rollout`. */
  readonly arm: StoredArm | null;
}

/** Tools, formats and OpenAI members, as a provider gets them. */
export type CallExtras = Pick<
  ProviderRequest,
  'tools' | 'toolChoice' | 'parallelToolCalls' | 'responseFormat' | 'vendorParams'
>;

/** Shared by prompts that have neither tools nor a format, as most do. */
export const NO_EXTRAS: CallExtras = {};

/** The prompt, version and models that a request names, and the settings of its project. */
export interface FoundForRequest {
  readonly prompt: AdmittedPrompt | null;
  readonly isByMemory: boolean;
  readonly policy: ProjectPolicy;
  readonly providers: ProjectProviderSet;
}

/** The part that all executions of a request share, as in a batch. Nothing is written yet. */
export interface AdmittedRequest {
  /** Null for a bare call. */
  readonly prompt: AdmittedPrompt | null;
  readonly bare: BareCall | null;
  /** Whether a bare call was admitted by rules from memory, so that the insert has to check them again. */
  readonly isBareByMemory: boolean;
  /** The messages of the request that follow those of the prompt; null for none. */
  readonly furtherMessages: readonly SentMessage[] | null;
  readonly targets: Targets;
  /** The named route that the targets come from. */
  readonly routeName: string | null;
  readonly extras: CallExtras;
  readonly params: ProviderParams;
  readonly environment: string;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  readonly onUnknown: 'retry' | 'fail';
  readonly onBudget: 'refuse' | 'clamp';
  /** The maximum age of a cached answer to an equal request; null for no lookup. */
  readonly cacheTtlS: number | null;
  readonly callbackUrl: string | null;
  /** Names the variables that are masked before they are kept; null for none. */
  readonly maskRules: MaskRules | null;
  /** The experiment that the request is part of; null for none, and for a batch, which sets its own when it begins. */
  readonly batchId: string | null;
}

/** A request that has passed every check and may become an execution. */
export interface AdmittedExecution extends AdmittedRequest {
  readonly correlationId: string | null;
  /** The arm of the rollout that chose the version; null outside of rollouts. */
  readonly arm: StoredArm | null;
  /** Null when there is none; never empty. */
  readonly metadata: ExecutionMetadata | null;
  /** The text as received. */
  readonly variablesJson: string;
  readonly rendered: SentPrompt;
  readonly messages: readonly ProviderMessage[];
  /** Stored in place of variables and messages when some of them are masked; null when all are stored unchanged. */
  readonly kept: KeptContent | null;
  /** The most that each call may cost. */
  readonly bound: ChargeBound;
}

/** Treats null as left out, and one stop as a list of one. */
export function paramsOfRequest(params: ParamsDto): ProviderParams {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    if (name !== 'stop' && value !== undefined && value !== null) given[name] = value;
  }
  const { stop } = params;
  if (stop !== undefined && stop !== null) given['stop'] = typeof stop === 'string' ? [stop] : stop;
  return given;
}

/** Sends a text prompt as one user message. */
export function toProviderMessages(rendered: SentPrompt): ProviderMessage[] {
  return rendered.kind === 'text'
    ? [{ role: 'user', content: rendered.text }]
    : rendered.messages.map(toProviderMessage);
}

/** Converts the stored form to that of the provider contract. */
export function toProviderMessage(message: SentMessage): ProviderMessage {
  const { role, content, tool_calls: toolCalls, tool_call_id: toolCallId } = message;
  const hasMembers = hasVendorMembers(message);
  if (toolCalls === undefined && toolCallId === undefined && !hasMembers) return { role, content };
  return {
    role,
    content,
    ...(toolCalls === undefined ? {} : { toolCalls }),
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(hasMembers ? { vendorMembers: pickVendorMembers(message) } : {}),
  };
}

/** Checks the members one by one for speed, because every message of every request passes through here. */
function hasVendorMembers(message: SentMessage): boolean {
  return (
    message.name !== undefined ||
    message.reasoning_content !== undefined ||
    message.reasoning !== undefined ||
    message.reasoning_details !== undefined ||
    message.annotations !== undefined
  );
}

function pickVendorMembers(message: SentMessage): Readonly<Record<string, unknown>> {
  const { role: _role, content: _content, tool_calls: _calls, tool_call_id: _id, ...members } = message;
  return members;
}

/** Null where nothing is rendered. */
export function getCompiled({ prompt, bare }: AdmittedRequest): CompiledPrompt | null {
  return prompt === null ? (bare?.content?.compiled ?? null) : prompt.compiled;
}
