import type {
  ContentBlockParam,
  MessageCreateParams,
  MessageParam,
  Tool,
  ToolChoice,
} from '@anthropic-ai/sdk/resources/messages';
import type { ProviderMessage, ProviderRequest, ProviderTool } from '../../provider.contract.js';
import { parseArguments, NO_PARAMETERS, toObjectSchema } from '../vendor/vendor-tools.js';

/**
 * The limit for requests that set none, because the vendor requires one. It bounds thinking and text together, and every current model
 * allows it.
 */
export const DEFAULT_MAX_TOKENS = 16_384;

/** Sampling params, which the SDK's types lack because it supports only the newer version. */
export interface Sampling {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}

/** Tokens that a model writes in an hour, as estimated by the vendor (its SDK, `calculateNonstreamingTimeout`). */
const TOKENS_PER_HOUR = 128_000;

/**
 * The vendor requires a stream if an answer may take over ten minutes, because networks drop idle connections.
 * @returns whether an answer of this many tokens may be requested whole.
 */
export function mayBeWhole(request: ProviderRequest): boolean {
  return chooseMaxTokens(request) <= TOKENS_PER_HOUR / 6;
}

/**
 * Builds the body of a message request.
 * @throws ProviderError `provider_rejected` when a tool call in the chat has arguments that are not an object.
 */
export function toMessageBody(request: ProviderRequest, isStreamed: boolean): MessageCreateParams & Sampling {
  const { modelName, messages, params, responseFormat } = request;
  const { system, turns } = split(messages);
  return {
    model: modelName,
    max_tokens: chooseMaxTokens(request),
    ...(system.length === 0 ? {} : { system: system.map((text) => ({ type: 'text', text })) }),
    messages: toTurns(turns),
    ...(isStreamed ? { stream: true } : {}),
    ...(params.stop === undefined ? {} : { stop_sequences: [...params.stop] }),
    ...toolFields(request),
    // The vendor's format has no name and no description, and is always strict.
    ...(responseFormat?.type === 'json_schema'
      ? { output_config: { format: { type: 'json_schema', schema: responseFormat.schema } } }
      : {}),
    ...pickSampling(request),
  };
}

function chooseMaxTokens({ params }: ProviderRequest): number {
  return params.max_new_tokens ?? DEFAULT_MAX_TOKENS;
}

/** Returns whether the request needs the last version of the API with fields for sampling. */
export function asksForSampling({ params }: ProviderRequest): boolean {
  return params.temperature !== undefined || params.top_p !== undefined || params.top_k !== undefined;
}

function pickSampling({ params: { temperature, top_p, top_k } }: ProviderRequest): Sampling {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { top_p }),
    ...(top_k === undefined ? {} : { top_k }),
  };
}

/**
 * Splits off the system prompt at the beginning of a conversation. A later system message stays in place: newer models accept it there, and
 * older ones refuse it, which is better than silently moving it.
 */
function split(messages: readonly ProviderMessage[]): {
  readonly system: readonly string[];
  readonly turns: readonly ProviderMessage[];
} {
  const firstTurn = messages.findIndex(({ role }) => role !== 'system');
  const count = firstTurn === -1 ? messages.length : firstTurn;
  return { system: messages.slice(0, count).map(({ content }) => content), turns: messages.slice(count) };
}

/** The results of one turn's calls must share one message with the role `user`. */
function toTurns(messages: readonly ProviderMessage[]): MessageParam[] {
  const turns: MessageParam[] = [];
  let results: ContentBlockParam[] | null = null;
  for (const message of messages) {
    if (message.role !== 'tool') {
      results = null;
      turns.push(toTurn(message, message.role));
      continue;
    }
    if (results === null) turns.push({ role: 'user', content: (results = []) });
    const { content, toolCallId = '' } = message;
    results.push({ type: 'tool_result', tool_use_id: toolCallId, content });
  }
  return turns;
}

function toTurn(
  { content, toolCalls = [] }: ProviderMessage,
  role: 'system' | 'user' | 'assistant',
): MessageParam {
  if (role !== 'assistant' || toolCalls.length === 0) return { role, content };
  const calls = toolCalls.map((call) => ({
    type: 'tool_use' as const,
    id: call.id,
    name: call.name,
    input: parseArguments(call),
  }));
  // A text block must not be empty.
  return { role, content: [...(content === '' ? [] : [{ type: 'text' as const, text: content }]), ...calls] };
}

function toolFields(request: ProviderRequest): { tools?: Tool[]; tool_choice?: ToolChoice } {
  const { tools = [] } = request;
  if (tools.length === 0) return {};
  const choice = toChoice(request);
  return { tools: tools.map(toTool), ...(choice === null ? {} : { tool_choice: choice }) };
}

function toTool({ name, description, parameters, strict }: ProviderTool): Tool {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: toObjectSchema(parameters ?? NO_PARAMETERS),
    ...(strict === undefined ? {} : { strict }),
  };
}

/** The flag for parallel calls is part of the choice, so setting it requires the default choice. */
function toChoice({ toolChoice, parallelToolCalls }: ProviderRequest): ToolChoice | null {
  const parallel = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls };
  if (toolChoice === 'none') return { type: 'none' };
  if (toolChoice === 'required') return { type: 'any', ...parallel };
  if (typeof toolChoice === 'object') return { type: 'tool', name: toolChoice.name, ...parallel };
  return toolChoice === undefined && parallelToolCalls === undefined ? null : { type: 'auto', ...parallel };
}
