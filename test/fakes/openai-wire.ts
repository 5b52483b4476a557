import type { Behaviour, ReceivedRequest } from './openai-server.js';

/** Fixed, so that equal requests get equal bytes. */
const CREATED_AT_S = 1_721_172_741;
const MOST_PIECES = 20;

export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly pieces: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: string;
  readonly promptTokens: number;
  readonly streamed: boolean;
  readonly withUsage: boolean;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

type AnswerBehaviour = Omit<Extract<Behaviour, { kind: 'answer' }>, 'kind'>;

/** What is to be answered, whatever its form on the wire. A token is a word. */
export function describeAnswer(received: ReceivedRequest, behaviour: AnswerBehaviour): Answer {
  return describeChat(received.number, received.body ?? {}, behaviour);
}

export function describeChat(
  number: number,
  body: Readonly<Record<string, unknown>>,
  behaviour: AnswerBehaviour = {},
): Answer {
  const messages = (body['messages'] ?? []) as { role: string; content: string | null }[];
  const asked = messages.findLast((message) => message.role === 'user')?.content ?? '';
  const streamed = body['stream'] === true && behaviour.asJson !== true;
  const toolCalls = (behaviour.toolCalls ?? demandedCalls(body, asked)).map((call, index) => ({
    id: `call_${String(number).padStart(8, '0')}_${index}`,
    ...call,
  }));
  const text = behaviour.text ?? (toolCalls.length > 0 ? '' : `You said: ${asked}`);
  const options = body['stream_options'] as { include_usage?: boolean } | undefined;
  return {
    id: `chatcmpl-${String(number).padStart(8, '0')}`,
    model: typeof body['model'] === 'string' ? body['model'] : '',
    pieces: behaviour.pieces ?? inPieces(text),
    toolCalls,
    finishReason: behaviour.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop'),
    promptTokens: messages.reduce((sum, message) => sum + countWords(message.content ?? ''), 0),
    streamed,
    withUsage: behaviour.usage !== false && (!streamed || options?.include_usage === true),
  };
}

/** `{"asked": …}` for the first tool where one is demanded, for the named one where one is named. */
function demandedCalls(body: Readonly<Record<string, unknown>>, asked: string): Omit<ToolCall, 'id'>[] {
  const tools = (body['tools'] ?? []) as { function: { name: string } }[];
  const choice = body['tool_choice'] as string | { function: { name: string } } | undefined;
  const name = typeof choice === 'object' ? choice.function.name : tools[0]?.function.name;
  const demanded = typeof choice === 'object' || choice === 'required';
  return demanded && name !== undefined ? [{ name, arguments: JSON.stringify({ asked }) }] : [];
}

/** The server-sent events of the answer, end mark included; each as the bytes of one event. */
export function completionStream(answer: Answer): string[] {
  const chunk = (fields: object): string => {
    const common = { ...head(answer, 'chat.completion.chunk'), ...(answer.withUsage ? { usage: null } : {}) };
    return `data: ${JSON.stringify({ ...common, ...fields })}\n\n`;
  };
  const choice = (delta: object, finishReason: string | null = null): object => ({
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  });
  return [
    chunk(choice({ role: 'assistant', content: '', refusal: null })),
    ...answer.pieces.map((content) => chunk(choice({ content }))),
    ...answer.toolCalls.flatMap((call, index) =>
      callDeltas(call, index).map((delta) => chunk(choice(delta))),
    ),
    chunk(choice({}, answer.finishReason)),
    ...(answer.withUsage ? [chunk({ choices: [], usage: usageOf(answer) })] : []),
    'data: [DONE]\n\n',
  ];
}

/** The head of a call, then its arguments in two pieces. */
function callDeltas({ id, name, arguments: text }: ToolCall, index: number): object[] {
  const half = Math.ceil(text.length / 2);
  const head = { index, id, type: 'function', function: { name, arguments: '' } };
  const pieces = [text.slice(0, half), text.slice(half)].filter((piece) => piece !== '');
  return [head, ...pieces.map((piece) => ({ index, function: { arguments: piece } }))].map((call) => ({
    tool_calls: [call],
  }));
}

/** The same answer as one document. */
export function completionJson(answer: Answer): object {
  const text = answer.pieces.join('');
  const calls = answer.toolCalls.map(({ id, ...called }) => ({ id, type: 'function', function: called }));
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    refusal: null,
  };
  return {
    ...head(answer, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: answer.finishReason }],
    ...(answer.withUsage ? { usage: usageOf(answer) } : {}),
  };
}

function head({ id, model }: Answer, object: string): object {
  return { id, object, created: CREATED_AT_S, model, system_fingerprint: 'fp_loopback' };
}

function usageOf({ promptTokens, pieces }: Answer): object {
  const completionTokens = countWords(pieces.join(''));
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

function inPieces(text: string): string[] {
  const words = text.match(/\s*\S+\s*/g) ?? (text === '' ? [] : [text]);
  const size = Math.ceil(words.length / MOST_PIECES);
  return Array.from({ length: size === 0 ? 0 : Math.ceil(words.length / size) }, (_, index) =>
    words.slice(index * size, (index + 1) * size).join(''),
  );
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
