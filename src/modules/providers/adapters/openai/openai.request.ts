import type {
  ChatCompletionCreateParams,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import type {
  ProviderMessage,
  ProviderRequest,
  ProviderResponseFormat,
  ProviderTool,
} from '../../provider.contract.js';

export type LimitName = 'max_tokens' | 'max_completion_tokens';

/** The one member of `stream_options` that the caller may choose, by its name among `vendorParams`. */
export const OBFUSCATION = 'stream_options.include_obfuscation';

type StreamOptions = NonNullable<ChatCompletionCreateParams['stream_options']>;

export interface ChatDialect {
  readonly limitName: LimitName;
  /** Whether to request usage, which a stream includes only on request. A whole answer always has it. */
  readonly asksForUsage: boolean;
  readonly isStreamed: boolean;
  /** See `ModelProvider`. */
  readonly vendorParams: readonly string[];
}

/** Builds the body of a chat completion from the request, with nothing added. */
export function toChatBody(request: ProviderRequest, dialect: ChatDialect): ChatCompletionCreateParams {
  const { modelName, messages, params } = request;
  const { vendorParams } = dialect;
  const { top_k, repetition_penalty } = params;
  const body: ChatCompletionCreateParams = {
    model: modelName,
    messages: messages.map((message) => toMessage(message, vendorParams)),
    ...streamFields(request, dialect),
    ...(params.max_new_tokens === undefined ? {} : { [dialect.limitName]: params.max_new_tokens }),
    ...(params.temperature === undefined ? {} : { temperature: params.temperature }),
    ...(params.top_p === undefined ? {} : { top_p: params.top_p }),
    ...(params.stop === undefined ? {} : { stop: [...params.stop] }),
    ...(params.seed === undefined ? {} : { seed: params.seed }),
    ...toolFields(request),
    ...taken(request.vendorParams, vendorParams),
  };
  // OpenAI has no such fields; vLLM, Together and others use these names.
  return {
    ...body,
    ...(top_k === undefined ? {} : { top_k }),
    ...(repetition_penalty === undefined ? {} : { repetition_penalty }),
  };
}

/** Returns nothing for a whole answer, which is every server's default. */
function streamFields(
  { vendorParams = {} }: ProviderRequest,
  { isStreamed, asksForUsage, vendorParams: known }: ChatDialect,
): Pick<ChatCompletionCreateParams, 'stream' | 'stream_options'> {
  if (!isStreamed) return {};
  const { include_obfuscation: obfuscation } = (vendorParams['stream_options'] ?? {}) as StreamOptions;
  const options = {
    ...(asksForUsage ? { include_usage: true } : {}),
    ...(obfuscation === undefined || !known.includes(OBFUSCATION)
      ? {}
      : { include_obfuscation: obfuscation }),
  };
  return { stream: true, ...(Object.keys(options).length === 0 ? {} : { stream_options: options }) };
}

/** Picks the members that the server has a field for. */
function taken(sent: Readonly<Record<string, unknown>> | undefined, known: readonly string[]): object {
  if (sent === undefined) return {};
  return Object.fromEntries(Object.entries(sent).filter(([name]) => known.includes(name)));
}

function toMessage(message: ProviderMessage, known: readonly string[]): ChatCompletionMessageParam {
  const { role, content, toolCalls = [], toolCallId = '', vendorMembers } = message;
  const more = taken(vendorMembers, known);
  if (role === 'tool') return { role, content, tool_call_id: toolCallId, ...more };
  if (role !== 'assistant' || toolCalls.length === 0) return { role, content, ...more };
  return {
    role,
    // OpenAI itself sends null for a turn that only makes calls.
    content: content === '' ? null : content,
    tool_calls: toolCalls.map((call) => ({
      id: call.id,
      type: 'function',
      // Servers parse the arguments, and an empty string is not JSON.
      function: { name: call.name, arguments: call.arguments.trim() === '' ? '{}' : call.arguments },
    })),
    ...more,
  };
}

function toolFields({
  tools = [],
  toolChoice,
  parallelToolCalls,
  responseFormat,
}: ProviderRequest): Partial<ChatCompletionCreateParams> {
  const format = responseFormat === undefined ? {} : { response_format: detectFormat(responseFormat) };
  // OpenAI refuses `tool_choice` and `parallel_tool_calls` without tools.
  if (tools.length === 0) return format;
  return {
    ...format,
    tools: tools.map(toTool),
    ...(toolChoice === undefined
      ? {}
      : {
          tool_choice:
            typeof toolChoice === 'string'
              ? toolChoice
              : { type: 'function', function: { name: toolChoice.name } },
        }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
}

function toTool({ name, description, parameters, strict }: ProviderTool): ChatCompletionTool {
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(strict === undefined ? {} : { strict }),
    },
  };
}

function detectFormat(
  format: ProviderResponseFormat,
): NonNullable<ChatCompletionCreateParams['response_format']> {
  if (format.type === 'json_object') return { type: 'json_object' };
  const { name, schema, description, strict } = format;
  return {
    type: 'json_schema',
    json_schema: {
      name,
      schema,
      ...(description === undefined ? {} : { description }),
      ...(strict === undefined ? {} : { strict }),
    },
  };
}
