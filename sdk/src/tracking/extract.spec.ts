import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from './extract.js';
import { observeStream, type StreamEnd } from './stream.js';

interface Documented {
  readonly name: string;
  readonly usage: Readonly<Record<string, unknown>>;
  readonly counts: readonly (number | null)[];
}

const FILE = join(__dirname, '../../../test/fixtures/usage/usage.json');
const DOCUMENTED = JSON.parse(readFileSync(FILE, 'utf8')) as Documented[];

const chat = (message: unknown, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-1',
  choices: [{ index: 0, message, finish_reason: 'stop' }],
  ...more,
});
const response = (output: unknown, more: object = {}) => ({
  object: 'response',
  id: 'resp_1',
  status: 'completed',
  output,
  ...more,
});
const claude = (content: unknown, more: object = {}) => ({
  type: 'message',
  id: 'msg_1',
  model: 'claude-1',
  content,
  stop_reason: 'end_turn',
  ...more,
});
const gemini = (parts: unknown, more: object = {}) => ({
  candidates: [{ content: { parts }, finishReason: 'STOP' }],
  ...more,
});

/** Returns an answer of the vendor that the usage object belongs to. */
function answerWith(usage: Readonly<Record<string, unknown>>): unknown {
  if (Object.keys(usage).some((name) => /tokenCount$|_token_count$/i.test(name)))
    return gemini([], { usageMetadata: usage });
  if ('input_tokens_details' in usage) return response([], { usage });
  return 'input_tokens' in usage ? claude([], { usage }) : chat({ content: 'Hi' }, { usage });
}

describe('extract', () => {
  it.each(DOCUMENTED.map(({ name, usage, counts }) => [name, usage, counts] as const))(
    'counts as %s documents it',
    (_name, usage, [prompt_tokens, response_tokens]) => {
      expect(extract(answerWith(usage)).usage).toEqual({ prompt_tokens, response_tokens, raw: usage });
    },
  );

  it.each<[string, unknown]>([
    ['a text', chat({ content: 'Hello' })],
    [
      'parts',
      chat({
        content: [
          { type: 'text', text: 'Hel' },
          { type: 'text', text: 'lo' },
        ],
      }),
    ],
    ['texts in a list', chat({ content: ['Hel', 'lo'] })],
    ['a text with a value', chat({ content: [{ type: 'text', text: { value: 'Hello' } }] })],
    [
      'thinking and an answer',
      chat({
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
          { type: 'text', text: 'Hello' },
        ],
      }),
    ],
    ['a refusal', chat({ content: null, refusal: 'Hello' })],
    [
      'a response',
      response([
        { type: 'reasoning', summary: [] },
        { type: 'message', content: [{ type: 'output_text', text: 'Hello' }] },
      ]),
    ],
    ['a response as the library helps with it', response([], { output_text: 'Hello' })],
    [
      'a message',
      claude([
        { type: 'thinking', thinking: 'Hm' },
        { type: 'text', text: 'Hello' },
      ]),
    ],
    ['contents', gemini([{ text: 'Hm', thought: true }, { text: 'Hello' }])],
    ['wrapped contents', { response: gemini([{ text: 'Hello' }]) }],
  ])('reads the text of %s', (_what, result) => {
    expect(extract(result).text).toBe('Hello');
  });

  it.each<[string, unknown]>([
    [
      'a chat',
      chat({
        content: null,
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
      }),
    ],
    [
      'a response',
      response([{ type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f', arguments: '{"x":1}' }]),
    ],
    ['a message', claude([{ type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } }])],
    ['contents', gemini([{ functionCall: { id: 'a', name: 'f', args: { x: 1 } } }])],
  ])('reads the calls of %s that has nothing else', (_what, result) => {
    expect(extract(result)).toMatchObject({
      text: null,
      toolCalls: [{ id: 'a', name: 'f', arguments: '{"x":1}' }],
    });
  });
});

it('gathers text and calls of a stream, in whatever parts they come', async () => {
  const chunk = (delta: unknown, more: object = {}) => ({
    object: 'chat.completion.chunk',
    choices: [{ delta, finish_reason: null }],
    ...more,
  });
  const call = (piece: object) => chunk({ tool_calls: [piece] });
  async function* chunks(): AsyncGenerator {
    yield* [
      { object: 'chat.completion.chunk', choices: null },
      chunk({ content: [{ type: 'text', text: 'Hel' }] }),
      chunk({ content: 'lo' }),
      call({ index: 0, id: 'a', function: { name: 'f', arguments: '' } }),
      call({ index: 0, function: { arguments: '{"x":' } }),
      call({ index: 0, function: { arguments: '1}' } }),
      chunk({}, { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } } }),
      null,
    ];
  }
  const stream = chunks();
  const ends: StreamEnd[] = [];
  observeStream(stream, (end) => ends.push(end));
  for await (const _ of stream);
  expect(ends).toMatchObject([
    {
      failed: false,
      extracted: {
        text: 'Hello',
        toolCalls: [{ id: 'a', name: 'f', arguments: '{"x":1}' }],
        usage: { prompt_tokens: 3, response_tokens: 4 },
      },
    },
  ]);
});
