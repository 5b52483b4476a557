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

/** A call that came with its messages, and runs no prompt. */
export interface BareCall {
  readonly messages: readonly SentMessage[];
  readonly extras: ContentExtras | null;
  /** Templates that are rendered instead of the messages; left out where these are sent as they came. */
  readonly content?: UnsavedContent;
}

/** A `:run`, a `:submit` or a batch, or what another API makes of its own requests. */
export type RequestToAdmit = Omit<SharedExecutionDto, 'prompt_name'> & {
  /** Absent only for a bare call. */
  readonly prompt_name?: string;
  readonly bare?: BareCall;
  /** Becomes a bare call. */
  readonly content?: UnsavedContentDto | null;
  readonly callback_url?: string | null;
  /** The id of the experiment that it is part of. Batches set theirs when they begin. */
  readonly batch_id?: string | null;
  readonly cache?: CacheDto | null;
  /** The version by its content. */
  readonly template_hash?: string | null;
  /** The version that `prompt_name` and `version_number` have to mean. It runs even when its prompt has been deleted. */
  readonly pinned?: PinnedVersion | null;
  /** Behind the messages of the prompt. */
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
  /** The prompt's revision when it was read from a cache, which the insert compares; null when it was read just now. */
  readonly revision: number | null;
  readonly resolvedBy: ResolvedBy;
  /** The rollout under way where it runs; null for none, and for a version that was named. */
  readonly rollout: RunningRollout | null;
  /** The arm that the rollout has put the request in; null with `rollout`. */
  readonly arm: StoredArm | null;
}

/** Tools, formats and members of OpenAI's, as a provider gets them. */
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

/** The part that all executions of a request share; a batch has many. Nothing is written yet. */
export interface AdmittedRequest {
  /** Null of a bare call. */
  readonly prompt: AdmittedPrompt | null;
  readonly bare: BareCall | null;
  /** Whether the rules by which a bare call was let in came from memory, so that the insert has to look again. */
  readonly isBareByMemory: boolean;
  /** The messages of the request that follow those of the prompt; null for none. */
  readonly furtherMessages: readonly SentMessage[] | null;
  readonly targets: Targets;
  /** The named route that the targets are from. */
  readonly routeName: string | null;
  readonly extras: CallExtras;
  readonly params: ProviderParams;
  readonly environment: string;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  readonly onUnknown: 'retry' | 'fail';
  readonly onBudget: 'refuse' | 'clamp';
  /** The age that an answer to an equal request may have; null: none is looked for. */
  readonly cacheTtlS: number | null;
  readonly callbackUrl: string | null;
  /** Which variables are not kept as they are; null where all are. */
  readonly maskRules: MaskRules | null;
  /** The experiment that it is part of; null for none, and of what a batch says when it begins. */
  readonly batchId: string | null;
}

/** A request that may become an execution: everything that can be refused has been looked at. */
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
  /** Stored in place of variables and messages, where some of them are masked; null where all is stored as it is. */
  readonly kept: KeptContent | null;
  /** The most that each of its calls may cost. */
  readonly bound: ChargeBound;
}

/** Null is the same as left out, and one stop the same as a list of one. */
export function paramsOfRequest(params: ParamsDto): ProviderParams {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    if (name !== 'stop' && value !== undefined && value !== null) given[name] = value;
  }
  const { stop } = params;
  if (stop !== undefined && stop !== null) given['stop'] = typeof stop === 'string' ? [stop] : stop;
  return given;
}

/** A text prompt is one user message. */
export function toProviderMessages(rendered: SentPrompt): ProviderMessage[] {
  return rendered.kind === 'text'
    ? [{ role: 'user', content: rendered.text }]
    : rendered.messages.map(toProviderMessage);
}

/** From the form that is stored to the one of the provider contract. */
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

/** One by one, since every message of every request comes by. */
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
