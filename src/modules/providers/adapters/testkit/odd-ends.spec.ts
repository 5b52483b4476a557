import type { PartialCompletion } from '../../calls/complete.js';
import {
  blockStart,
  chunk,
  completion,
  contents,
  DOCUMENT,
  DONE,
  EVENT_STREAM,
  eventsOf,
  message,
  MESSAGE_START,
  MESSAGE_STOP,
  messageDelta,
  OddAnswers,
  WAYS,
  type Vendor,
} from './odd-answers.testkit.js';

let odd: OddAnswers;

beforeAll(async () => {
  odd = await OddAnswers.start();
});
afterAll(() => odd.stop());

const USAGE = { usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } };

/** Builds an answer "Hello" that ends with the word, as events and as a document. */
function answersOf(vendor: Vendor, word: string): readonly (readonly [string, Record<string, string>])[] {
  if (vendor === 'anthropic') {
    const text = blockStart({ type: 'text', text: 'Hello' });
    return [
      [eventsOf(MESSAGE_START, text, messageDelta(word), MESSAGE_STOP), EVENT_STREAM],
      [message([{ type: 'text', text: 'Hello' }], word), DOCUMENT],
    ];
  }
  if (vendor === 'google') {
    const answer = contents([{ text: 'Hello' }], word);
    return [
      [eventsOf(answer), EVENT_STREAM],
      [JSON.stringify(answer), DOCUMENT],
    ];
  }
  return [
    [eventsOf(chunk({ content: 'Hello' }), chunk({}, word, USAGE), DONE), EVENT_STREAM],
    [completion({ content: 'Hello' }, word, USAGE), DOCUMENT],
  ];
}

const FINISHED: readonly (readonly [Vendor, string, string])[] = [
  ['openai', 'stop', 'stop'],
  ['openai', 'length', 'length'],
  ['openai', 'content_filter', 'content_filter'],
  ['openai', 'tool_calls', 'tool_calls'],
  ['compatible', 'function_call', 'tool_calls'],
  ['compatible', 'eos', 'stop'],
  ['compatible', 'eos_token', 'stop'],
  ['compatible', 'STOP', 'stop'],
  ['compatible', 'end_turn', 'stop'],
  ['compatible', 'max_tokens', 'length'],
  ['compatible', 'MAX_TOKENS', 'length'],
  ['compatible', 'model_length', 'length'],
  ['compatible', 'tool_use', 'tool_calls'],
  ['compatible', 'SAFETY', 'content_filter'],
  // The meaning is unknown, and there is a text, so the caller gets the word itself.
  ['compatible', 'repetition', 'repetition'],
  ['anthropic', 'end_turn', 'stop'],
  ['anthropic', 'stop_sequence', 'stop'],
  ['anthropic', 'max_tokens', 'length'],
  ['anthropic', 'model_context_window_exceeded', 'length'],
  ['anthropic', 'refusal', 'content_filter'],
  ['google', 'STOP', 'stop'],
  ['google', 'MAX_TOKENS', 'length'],
  ['google', 'CONTINUATION', 'length'],
  ...['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'].map(
    (word) => ['google', word, 'content_filter'] as const,
  ),
  ...['IMAGE_SAFETY', 'IMAGE_PROHIBITED_CONTENT', 'IMAGE_RECITATION'].map(
    (word) => ['google', word, 'content_filter'] as const,
  ),
];

const UNFINISHED: readonly (readonly [Vendor, string])[] = [
  ['openai', 'error'],
  ['azure-openai', 'error'],
  ...['error', 'abort', 'aborted', 'cancelled', 'insufficient_system_resource', 'timeout', 'incomplete'].map(
    (word) => ['compatible', word] as const,
  ),
  ...['MALFORMED_FUNCTION_CALL', 'OTHER', 'malformed_function_call'].map(
    (word) => ['compatible', word] as const,
  ),
  ['anthropic', 'pause_turn'],
  ['anthropic', 'a_reason_of_next_year'],
  ...[
    'MALFORMED_FUNCTION_CALL',
    'UNEXPECTED_TOOL_CALL',
    'TOO_MANY_TOOL_CALLS',
    'MISSING_THOUGHT_SIGNATURE',
  ].map((word) => ['google', word] as const),
  ...['OTHER', 'LANGUAGE', 'NO_IMAGE', 'IMAGE_OTHER', 'MALFORMED_RESPONSE', 'A_REASON_OF_NEXT_YEAR'].map(
    (word) => ['google', word] as const,
  ),
];

describe.each(WAYS)('an answer asked %s', (_way, isStreamed) => {
  it.each(FINISHED)('of %s that ends with %s ends with %s', async (vendor, word, finishReason) => {
    for (const [body, headers] of answersOf(vendor, word)) {
      odd.answersWith(body, headers);
      expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: 'Hello', finishReason });
    }
  });

  it.each(UNFINISHED)('of %s that ends with %s has failed, and is kept', async (vendor, word) => {
    for (const [body, headers] of answersOf(vendor, word)) {
      odd.answersWith(body, headers);
      const partial: PartialCompletion = { collected: null, firstTokenMs: null };
      expect(await odd.failure(vendor, isStreamed, partial)).toMatchObject({
        kind: 'provider_error',
        message: `The provider ended its answer early: ${word}.`,
        answerBegan: true,
      });
      expect(partial).toMatchObject({
        collected: { text: 'Hello' },
        answerBegan: true,
        end: { finishReason: word, usage: { promptTokens: 5, responseTokens: 7 } },
      });
    }
  });

  it.each<[Vendor, string, Record<string, string>]>([
    ['openai', completion({ content: null }, null), DOCUMENT],
    ['compatible', completion({ content: '' }, ''), DOCUMENT],
    ['compatible', eventsOf(chunk({ role: 'assistant', content: '' }), DONE), EVENT_STREAM],
    ['google', JSON.stringify(contents([])), DOCUMENT],
    ['anthropic', message([], null), DOCUMENT],
  ])('of %s without anything in it has failed', async (vendor, body, headers) => {
    odd.answersWith(body, headers);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({
      kind: 'provider_error',
      message: "The provider's answer is empty, and says nothing of its end.",
    });
  });

  it('has failed with an unknown word and without a text', async () => {
    odd.answersWith(completion({ content: '' }, 'repetition'), DOCUMENT);
    expect(await odd.failure('compatible', isStreamed)).toMatchObject({ kind: 'provider_error' });
  });

  it.each<[Vendor, string, Record<string, string>, string]>([
    ['openai', completion({ content: '' }), DOCUMENT, 'stop'],
    ['compatible', completion({ content: null, reasoning_content: 'Hm' }, 'length'), DOCUMENT, 'length'],
    ['google', JSON.stringify({ promptFeedback: { blockReason: 'SAFETY' } }), DOCUMENT, 'content_filter'],
    [
      'google',
      JSON.stringify({ promptFeedback: { blockReason: 'JAILBREAK' }, candidates: [] }),
      DOCUMENT,
      'content_filter',
    ],
    ['anthropic', message([], 'refusal'), DOCUMENT, 'content_filter'],
  ])('of %s that says why it is empty is empty', async (vendor, body, headers, finishReason) => {
    odd.answersWith(body, headers);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: '', finishReason });
  });
});
