import type { Behaviour, ReceivedRequest } from './openai-server.js';

/** A constant, so that equal requests get equal bytes. */
const CREATED_AT_S = 1_721_172_741;
const MOST_PIECES = 20;

export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly pieces: readonly string[];
  readonly refusal: string | null;
  readonly serviceTier: string | null;
  readonly usageDetails: boolean;
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

/** Describes the answer independently of its form on the wire. A token is a word. */
export function describeAnswer(received: ReceivedRequest, behaviour: AnswerBehaviour): Answer {
  return describeChat(received.number, received.body ?? {}, behaviour);
}

export function describeChat(
  number: number,
  body: Readonly<Record<string, unknown>>,
  behaviour: AnswerBehaviour = {},
): Answer {
  const messages = ((body['messages'] ?? []) as { role: string; content: unknown }[]).map(
    ({ role, content }) => ({ role, content: textOf(content) }),
  );
  const asked = messages.findLast((message) => message.role === 'user')?.content ?? '';
  const streamed = body['stream'] === true && behaviour.asJson !== true;
  const toolCalls = (behaviour.toolCalls ?? demandedCalls(body, asked)).map((call, index) => ({
    id: `call_${String(number).padStart(8, '0')}_${index}`,
    ...call,
  }));
  const isSilent = toolCalls.length > 0 || behaviour.refusal !== undefined;
  const text = behaviour.text ?? (isSilent ? '' : `You said: ${asked}`);
  const pieces = behaviour.pieces ?? inPieces(text);
  const kept = behaviour.keepsLimits === true ? withinLimits(body, pieces) : pieces;
  const usualEnd = kept.length < pieces.length ? endOf(body, kept) : 'stop';
  const options = body['stream_options'] as { include_usage?: boolean } | undefined;
  return {
    id: `chatcmpl-${String(number).padStart(8, '0')}`,
    model: behaviour.servedModel ?? (typeof body['model'] === 'string' ? body['model'] : ''),
    pieces: kept,
    refusal: behaviour.refusal ?? null,
    serviceTier: behaviour.serviceTier ?? null,
    usageDetails: behaviour.usageDetails === true,
    toolCalls,
    finishReason: behaviour.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : usualEnd),
    promptTokens: messages.reduce((sum, message) => sum + countWords(message.content), 0),
    streamed,
    withUsage: behaviour.usage !== false && (!streamed || options?.include_usage === true),
  };
}

/** Returns the text of a content, which may be in parts. */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  return content.map((part: { text?: string }) => part.text ?? '').join('');
}

/** Returns as many pieces as the request allows; here a piece is a token. */
function withinLimits(body: Readonly<Record<string, unknown>>, pieces: readonly string[]): readonly string[] {
  const stops = [body['stop'] ?? []].flat() as string[];
  const stopAt = pieces.findIndex((piece) => stops.some((stop) => piece.includes(stop)));
  return pieces.slice(0, Math.min(limitOf(body), stopAt === -1 ? pieces.length : stopAt));
}

function endOf(body: Readonly<Record<string, unknown>>, kept: readonly string[]): string {
  return kept.length === limitOf(body) ? 'length' : 'stop';
}

function limitOf(body: Readonly<Record<string, unknown>>): number {
  return Number(body['max_completion_tokens'] ?? body['max_tokens'] ?? Number.POSITIVE_INFINITY);
}

/** Builds `{"asked": …}` for the first tool where a call is demanded, or for the named one. */
function demandedCalls(body: Readonly<Record<string, unknown>>, asked: string): Omit<ToolCall, 'id'>[] {
  const tools = (body['tools'] ?? []) as { function: { name: string } }[];
  const choice = body['tool_choice'] as string | { function: { name: string } } | undefined;
  const name = typeof choice === 'object' ? choice.function.name : tools[0]?.function.name;
  const demanded = typeof choice === 'object' || choice === 'required';
  return demanded && name !== undefined ? [{ name, arguments: JSON.stringify({ asked }) }] : [];
}

/** Returns the server-sent events of the answer with the end mark, each as the bytes of one event. */
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
    ...inPieces(answer.refusal ?? '').map((refusal) => chunk(choice({ refusal }))),
    ...answer.toolCalls.flatMap((call, index) =>
      callDeltas(call, index).map((delta) => chunk(choice(delta))),
    ),
    chunk(choice({}, answer.finishReason)),
    ...(answer.withUsage ? [chunk({ choices: [], usage: usageOf(answer) })] : []),
    'data: [DONE]\n\n',
  ];
}

/** Returns the head of a call, then its arguments in two pieces. */
function callDeltas({ id, name, arguments: text }: ToolCall, index: number): object[] {
  const half = Math.ceil(text.length / 2);
  const head = { index, id, type: 'function', function: { name, arguments: '' } };
  const pieces = [text.slice(0, half), text.slice(half)].filter((piece) => piece !== '');
  return [head, ...pieces.map((piece) => ({ index, function: { arguments: piece } }))].map((call) => ({
    tool_calls: [call],
  }));
}

/** Returns the same answer as one document. */
export function completionJson(answer: Answer): object {
  const text = answer.pieces.join('');
  const calls = answer.toolCalls.map(({ id, ...called }) => ({ id, type: 'function', function: called }));
  const message = {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || answer.refusal !== null) ? null : text,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    refusal: answer.refusal,
  };
  return {
    ...head(answer, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: answer.finishReason }],
    ...(answer.withUsage ? { usage: usageOf(answer) } : {}),
  };
}

function head({ id, model, serviceTier }: Answer, object: string): object {
  return {
    id,
    object,
    created: CREATED_AT_S,
    model,
    ...(serviceTier === null ? {} : { service_tier: serviceTier }),
    system_fingerprint: 'fp_loopback',
  };
}

function usageOf({ promptTokens, pieces, refusal, toolCalls, usageDetails }: Answer): object {
  const isOther = refusal !== null || toolCalls.length > 0;
  // No vendor reports 0 tokens for a refusal or a call.
  const completionTokens = Math.max(countWords(pieces.join('')), isOther ? 1 : 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(usageDetails
      ? {
          prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
          completion_tokens_details: {
            reasoning_tokens: 0,
            audio_tokens: 0,
            accepted_prediction_tokens: 0,
            rejected_prediction_tokens: 0,
          },
        }
      : {}),
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
