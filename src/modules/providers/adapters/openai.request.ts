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
} from '../provider.contract.js';

export type LimitName = 'max_tokens' | 'max_completion_tokens';

export interface ChatDialect {
  readonly limitName: LimitName;
  /** Whether usage is asked for, which a stream has only then. A whole answer has it in any case. */
  readonly asksForUsage: boolean;
  readonly isStreamed: boolean;
}

/** The body of a chat completion: what was asked for, and nothing else. */
export function chatBodyOf(request: ProviderRequest, dialect: ChatDialect): ChatCompletionCreateParams {
  const { modelName, messages, params } = request;
  const { top_k, repetition_penalty } = params;
  const body: ChatCompletionCreateParams = {
    model: modelName,
    messages: messages.map(messageOf),
    ...streamFields(dialect),
    ...(params.max_new_tokens === undefined ? {} : { [dialect.limitName]: params.max_new_tokens }),
    ...(params.temperature === undefined ? {} : { temperature: params.temperature }),
    ...(params.top_p === undefined ? {} : { top_p: params.top_p }),
    ...(params.stop === undefined ? {} : { stop: [...params.stop] }),
    ...(params.seed === undefined ? {} : { seed: params.seed }),
    ...toolFields(request),
  };
  // No fields of OpenAI's; vLLM, Together and others call them so.
  return {
    ...body,
    ...(top_k === undefined ? {} : { top_k }),
    ...(repetition_penalty === undefined ? {} : { repetition_penalty }),
  };
}

/** A whole answer is every server's default. */
function streamFields({
  isStreamed,
  asksForUsage,
}: ChatDialect): Pick<ChatCompletionCreateParams, 'stream' | 'stream_options'> {
  if (!isStreamed) return {};
  return { stream: true, ...(asksForUsage ? { stream_options: { include_usage: true } } : {}) };
}

function messageOf(message: ProviderMessage): ChatCompletionMessageParam {
  const { role, content, toolCalls = [], toolCallId = '' } = message;
  if (role === 'tool') return { role, content, tool_call_id: toolCallId };
  if (role !== 'assistant' || toolCalls.length === 0) return { role, content };
  return {
    role,
    // As OpenAI itself answers: a turn of nothing but calls has no text.
    content: content === '' ? null : content,
    tool_calls: toolCalls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.arguments },
    })),
  };
}

function toolFields({
  tools = [],
  toolChoice,
  parallelToolCalls,
  responseFormat,
}: ProviderRequest): Partial<ChatCompletionCreateParams> {
  const format = responseFormat === undefined ? {} : { response_format: formatOf(responseFormat) };
  // OpenAI refuses the other two without any tools.
  if (tools.length === 0) return format;
  return {
    ...format,
    tools: tools.map(toolOf),
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

function toolOf({ name, description, parameters, strict }: ProviderTool): ChatCompletionTool {
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

function formatOf(
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
