import { writeJson } from '../../../kernel/index.js';
import type { ModelProvider, ProviderMessage, ProviderRequest } from '../../providers/index.js';
import type { Target, Targets } from './execution-targets.js';

/** The parts of a request that determine the length of its prompt and answer. */
export type ChargedRequest = Pick<
  ProviderRequest,
  'messages' | 'params' | 'tools' | 'toolChoice' | 'responseFormat'
>;

/** The most that one call may cost, whichever of the models is called. Budgets hold this much before the call. */
export interface ChargeBound {
  /** The cost of the prompt, in pico-dollars; null when one of the models has no price for it. */
  readonly inputPicoUsd: bigint | null;
  /** The cost of each token of the answer, in pico-dollars; null in the same case. */
  readonly outputPicoUsd: bigint | null;
  /** The most tokens of the answer; null when nothing bounds them. */
  readonly responseTokens: number | null;
}

/** Tokens that a chat format adds around each message, and around all of them. No vendor needs more than half of this. */
const TOKENS_AROUND_A_MESSAGE = 16;
/**
 * Tokens of a vendor's own instructions to a model that has tools, or is to answer in a format. Anthropic bills up to 530 for them
 * (its page "Tool use", by model and `tool_choice`), however small the tools are; no other vendor names a number.
 */
const TOKENS_AROUND_EXTRAS = 1024;

/** @param providerOf returns the adapter of a target, which knows best what it will be billed. */
export function boundCharge(
  targets: Targets,
  request: ChargedRequest,
  providerOf: (target: Target) => ModelProvider,
): ChargeBound {
  let bytes: number | null = null;
  let worst: ChargeBound | null = null;
  for (const target of targets) {
    const known = providerOf(target).maxTokens?.({ ...request, modelName: target.modelName });
    const promptTokens = known?.promptTokens ?? (bytes ??= countPromptBytes(request));
    const responseTokens = known?.responseTokens ?? limitTokens(target, request);
    const bound = boundTargetCharge(target, promptTokens, responseTokens);
    worst = worst === null ? bound : takeWorse(worst, bound);
  }
  // There is at least one target.
  return worst as ChargeBound;
}

function boundTargetCharge(
  { price }: Target,
  promptTokens: number,
  responseTokens: number | null,
): ChargeBound {
  if (price === null || (price.maxPromptTokens !== null && promptTokens > price.maxPromptTokens)) {
    return { inputPicoUsd: null, outputPicoUsd: null, responseTokens };
  }
  const input = greatest(price.inputMicrosPerMtok, price.cachedInputMicrosPerMtok ?? 0n);
  return {
    inputPicoUsd: BigInt(promptTokens) * input,
    outputPicoUsd: price.outputMicrosPerMtok,
    responseTokens,
  };
}

function takeWorse(one: ChargeBound, other: ChargeBound): ChargeBound {
  return {
    inputPicoUsd: greatestKnown(one.inputPicoUsd, other.inputPicoUsd),
    outputPicoUsd: greatestKnown(one.outputPicoUsd, other.outputPicoUsd),
    responseTokens:
      one.responseTokens === null || other.responseTokens === null
        ? null
        : Math.max(one.responseTokens, other.responseTokens),
  };
}

/** Returns the requested bound, because that is what is sent, or else the model's own limit if it is known. */
function limitTokens({ maxTokens }: Target, { params }: ChargedRequest): number | null {
  return params.max_new_tokens ?? maxTokens;
}

/**
 * Counts bytes, because a token stands for at least one byte of its text and so there are never more tokens than bytes. That
 * holds for every vendor and costs nothing. The excess of the hold is released when the call ends.
 */
function countPromptBytes({ messages, tools = [], toolChoice, responseFormat }: ChargedRequest): number {
  const hasExtras = tools.length > 0 || responseFormat !== undefined;
  const extras = hasExtras ? writeJson([tools, toolChoice, responseFormat]) : '';
  const sizeBytes = messages.reduce(
    (sum, message) => sum + countMessageBytes(message),
    Buffer.byteLength(extras),
  );
  const around = TOKENS_AROUND_A_MESSAGE * (messages.length + tools.length + 1);
  return sizeBytes + around + (hasExtras ? TOKENS_AROUND_EXTRAS : 0);
}

/** Counts everything that a message says. Ids and names count twice, because some vendors get a tool's name with its result. */
export function countMessageBytes(message: ProviderMessage): number {
  const { content, toolCalls = [], toolCallId = '', vendorMembers } = message;
  const calls = toolCalls.length === 0 ? '' : JSON.stringify(toolCalls);
  const names = toolCalls.reduce((sum, { name }) => sum + Buffer.byteLength(name), 0);
  const members = vendorMembers === undefined ? '' : writeJson(vendorMembers);
  const ids = names + 2 * Buffer.byteLength(toolCallId);
  return Buffer.byteLength(content) + Buffer.byteLength(calls) + Buffer.byteLength(members) + ids;
}

function greatest(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function greatestKnown(one: bigint | null, other: bigint | null): bigint | null {
  return one === null || other === null ? null : greatest(one, other);
}
