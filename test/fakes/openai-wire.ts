import type { Behaviour, ReceivedRequest } from './openai-server.js';

/** Fixed, so that equal requests get equal bytes. */
const CREATED_AT_S = 1_721_172_741;
const MOST_PIECES = 20;

export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly pieces: readonly string[];
  readonly finishReason: string;
  readonly promptTokens: number;
  readonly streamed: boolean;
  readonly withUsage: boolean;
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
  const messages = (body['messages'] ?? []) as { role: string; content: string }[];
  const asked = messages.findLast((message) => message.role === 'user')?.content ?? '';
  const streamed = body['stream'] === true && behaviour.asJson !== true;
  const options = body['stream_options'] as { include_usage?: boolean } | undefined;
  return {
    id: `chatcmpl-${String(number).padStart(8, '0')}`,
    model: typeof body['model'] === 'string' ? body['model'] : '',
    pieces: behaviour.pieces ?? inPieces(behaviour.text ?? `You said: ${asked}`),
    finishReason: behaviour.finishReason ?? 'stop',
    promptTokens: messages.reduce((sum, message) => sum + countWords(message.content), 0),
    streamed,
    withUsage: behaviour.usage !== false && (!streamed || options?.include_usage === true),
  };
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
    chunk(choice({}, answer.finishReason)),
    ...(answer.withUsage ? [chunk({ choices: [], usage: usageOf(answer) })] : []),
    'data: [DONE]\n\n',
  ];
}

/** The same answer as one document. */
export function completionJson(answer: Answer): object {
  const message = { role: 'assistant', content: answer.pieces.join(''), refusal: null };
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
