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
 * The vendor wants a limit; this one stands in for the one that was not said. It bounds thinking and text together,
 * and every current model allows it.
 */
export const DEFAULT_MAX_TOKENS = 16_384;

/** The SDK speaks the newer version only, whose types have no sampling. */
export interface Sampling {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}

/** Tokens that a model writes in an hour, by the vendor's own estimate (its SDK, `calculateNonstreamingTimeout`). */
const TOKENS_PER_HOUR = 128_000;

/**
 * The vendor wants a stream where an answer may take over ten minutes: a line on which nothing comes is cut on its way.
 * @returns whether an answer of this many tokens may be asked for as a whole.
 */
export function mayBeWhole(request: ProviderRequest): boolean {
  return chooseMaxTokens(request) <= TOKENS_PER_HOUR / 6;
}

/**
 * The body of a message.
 * @throws ProviderError `provider_rejected` when a call of the chat has arguments that are no object.
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
    // It has neither a name nor a description, and is always strict.
    ...(responseFormat?.type === 'json_schema'
      ? { output_config: { format: { type: 'json_schema', schema: responseFormat.schema } } }
      : {}),
    ...pickSampling(request),
  };
}

function chooseMaxTokens({ params }: ProviderRequest): number {
  return params.max_new_tokens ?? DEFAULT_MAX_TOKENS;
}

/** Whether the request has to go under the last version of the API that has fields for sampling. */
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
 * Separates the system prompt that a conversation begins with. A later message of that role stays where it is:
 * newer models take it there, and older ones refuse it, which is better than moving it unasked.
 */
function split(messages: readonly ProviderMessage[]): {
  readonly system: readonly string[];
  readonly turns: readonly ProviderMessage[];
} {
  const firstTurn = messages.findIndex(({ role }) => role !== 'system');
  const count = firstTurn === -1 ? messages.length : firstTurn;
  return { system: messages.slice(0, count).map(({ content }) => content), turns: messages.slice(count) };
}

/** The results of one turn's calls have to stand in one message, and are the user's. */
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
  // A block of text must not be empty.
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

/** Whether calls may be parallel is a part of the choice, so that it takes the default one to say it. */
function toChoice({ toolChoice, parallelToolCalls }: ProviderRequest): ToolChoice | null {
  const parallel = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls };
  if (toolChoice === 'none') return { type: 'none' };
  if (toolChoice === 'required') return { type: 'any', ...parallel };
  if (typeof toolChoice === 'object') return { type: 'tool', name: toolChoice.name, ...parallel };
  return toolChoice === undefined && parallelToolCalls === undefined ? null : { type: 'auto', ...parallel };
}
