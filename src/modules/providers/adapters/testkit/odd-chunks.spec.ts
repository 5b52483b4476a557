import {
  BOTH,
  chunk,
  contents,
  DOCUMENT,
  DONE,
  EVENT_STREAM,
  eventsOf,
  goodDocument,
  goodStream,
  message,
  MESSAGE_START,
  MESSAGE_STOP,
  blockStart,
  completion,
  OddAnswers,
  textDelta,
  WAYS,
  type Vendor,
} from './odd-answers.testkit.js';

let odd: OddAnswers;

beforeAll(async () => {
  odd = await OddAnswers.start();
});
afterAll(() => odd.stop());

/** Lines unrelated to the answer, seen between two good pieces in the streams of gateways. */
const BETWEEN: readonly (readonly [string, Record<string, unknown> | string | null | unknown[]])[] = [
  ['a comment', ': keep-alive\n\n'],
  ['OpenRouter’s comment', ': OPENROUTER PROCESSING\n\n'],
  ['a ping', 'event: ping\ndata: {"type": "ping"}\n\n'],
  ['empty data', 'data:\n\n'],
  ['data of a space', 'data: \n\n'],
  ['empty lines', '\n\n\r\n\n'],
  ['a word that is no JSON', 'data: ping\n\n'],
  ['JSON null', null],
  ['a number', 'data: 1\n\n'],
  ['a text in quotes', 'data: "keep-alive"\n\n'],
  ['an empty object', {}],
  ['an empty list', []],
  ['an unknown event', 'event: weather\ndata: {"sky": "clear"}\n\n'],
  ['a retry', 'retry: 3000\n\n'],
  ['an id', 'id: 7\n\n'],
  ['a null error', { error: null }],
  ['an empty error', { error: {} }],
  ['an error that is none', { error: { code: 0, message: 'success' } }],
  ['choices of null', { id: 'x', object: 'chat.completion.chunk', choices: null }],
  ['no choices', { id: 'x', object: 'chat.completion.chunk' }],
  ['an empty list of choices', { id: 'x', choices: [] }],
  ['a choice of null', { id: 'x', choices: [null] }],
  ['an empty choice', { id: 'x', choices: [{}] }],
  ['a delta of null', { id: 'x', choices: [{ index: 0, delta: null, finish_reason: null }] }],
  ['an empty delta', { id: 'x', choices: [{ index: 0, delta: {} }] }],
  [
    'a delta without content',
    { id: 'x', choices: [{ index: 0, delta: { role: 'assistant', content: null } }] },
  ],
  ['calls of null', { id: 'x', choices: [{ index: 0, delta: { tool_calls: null } }] }],
  ['calls that are none', { id: 'x', choices: [{ index: 0, delta: { tool_calls: [null, {}, 7] } }] }],
  [
    'Azure’s judgement of the prompt',
    {
      id: '',
      model: '',
      choices: [],
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
    },
  ],
  [
    'Azure’s judgement of the answer',
    {
      id: '',
      choices: [{ index: 0, finish_reason: null, content_filter_results: {}, content_filter_offsets: {} }],
    },
  ],
  ['candidates of null', { candidates: null }],
  ['an empty list of candidates', { candidates: [] }],
  ['a candidate of null', { candidates: [null] }],
  ['content of null', { candidates: [{ content: null, index: 0 }] }],
  ['parts of null', { candidates: [{ content: { parts: null } }] }],
  ['an empty part', { candidates: [{ content: { parts: [{}] } }] }],
  ['usage alone', { usageMetadata: { promptTokenCount: 5 } }],
  ['an event without a type', { index: 0, note: 'x' }],
  ['a block that is none', { type: 'content_block_start', index: 9, content_block: null }],
  ['a delta that is none', { type: 'content_block_delta', index: 0, delta: null }],
  ['a message that has nothing', { type: 'message_delta', delta: null, usage: null }],
];

describe.each(BOTH)('an answer of %s, asked %s, with one odd chunk', (vendor, _way, isStreamed) => {
  it.each(BETWEEN)('is read past %s', async (_what, between) => {
    odd.answersWith(goodStream(vendor, between), EVENT_STREAM);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({
      text: 'Hello there',
      finishReason: 'stop',
      usage: { promptTokens: 5, responseTokens: 7 },
    });
  });

  it.each(BETWEEN)('is read past %s before all of it', async (_what, between) => {
    const first = typeof between === 'string' ? between : eventsOf(between);
    odd.answersWith(first + goodStream(vendor), EVENT_STREAM);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: 'Hello there', finishReason: 'stop' });
  });

  it('is no answer where there are only odd chunks', async () => {
    odd.answersWith(eventsOf({ choices: null }, {}, null, ': hm\n\n'), EVENT_STREAM);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({
      kind: 'provider_error',
      answerBegan: true,
    });
  });

  it('fails over half a chunk, which leaves a hole in it', async () => {
    odd.answersWith(goodStream(vendor, 'data: {"choices": [{"delta": {"cont\n\n'), EVENT_STREAM);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({ kind: 'provider_error' });
  });

  it.each([
    ['without an empty line at its end', (body: string) => body.trimEnd()],
    ['with carriage returns', (body: string) => body.replaceAll('\n', '\r\n')],
    ['without spaces behind the colons', (body: string) => body.replaceAll('data: ', 'data:')],
    ['behind a byte order mark', (body: string) => `\ufeff${body}`],
    ['behind empty lines', (body: string) => `\n\n${body}`],
  ])('is read %s', async (_what, change) => {
    odd.answersWith(change(goodStream(vendor)), EVENT_STREAM);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: 'Hello there', finishReason: 'stop' });
  });

  it.each([
    ['a document under the name of events', () => goodDocument(vendor), EVENT_STREAM],
    ['a document of no type', () => goodDocument(vendor), {}],
    ['a document behind a byte order mark', () => `\ufeff${goodDocument(vendor)}`, DOCUMENT],
    ['a document behind empty lines', () => `\n\n ${goodDocument(vendor)}`, DOCUMENT],
    ['a document in a list', () => `[${goodDocument(vendor)}]`, DOCUMENT],
    ['events under the name of a document', () => goodStream(vendor), DOCUMENT],
    ['events of no type', () => goodStream(vendor), {}],
  ])('is read from %s', async (_what, body, headers) => {
    odd.answersWith(body(), headers);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({
      text: 'Hello there',
      finishReason: 'stop',
      usage: { promptTokens: 5, responseTokens: 7 },
    });
  });
});

/** Streams that do not say why they ended, and documents. */
const ENDS: readonly (readonly [Vendor, string, string, Record<string, string>])[] = [
  ['openai', 'the mark', eventsOf(chunk({ content: 'Hello' }), DONE), EVENT_STREAM],
  [
    'openai',
    'the mark without its lines',
    eventsOf(chunk({ content: 'Hello' })) + 'data: [DONE]',
    EVENT_STREAM,
  ],
  ['openai', 'an empty reason', eventsOf(chunk({ content: 'Hello' }, ''), DONE), EVENT_STREAM],
  ['compatible', 'a document without one', '{"choices":[{"message":{"content":"Hello"}}]}', DOCUMENT],
  ['compatible', 'a document with null', completion({ content: 'Hello' }, null), DOCUMENT],
  ['azure-openai', 'a reason called null', completion({ content: 'Hello' }, 'null'), DOCUMENT],
  [
    'anthropic',
    'message_stop',
    eventsOf(MESSAGE_START, blockStart({ type: 'text', text: 'Hello' }), MESSAGE_STOP),
    EVENT_STREAM,
  ],
  ['anthropic', 'a document with null', message([{ type: 'text', text: 'Hello' }], null), DOCUMENT],
  ['google', 'a document without one', JSON.stringify(contents([{ text: 'Hello' }])), DOCUMENT],
  ['google', 'a gateway’s mark', eventsOf(contents([{ text: 'Hello' }]), DONE), EVENT_STREAM],
  [
    'google',
    'a reason that is none',
    eventsOf(contents([{ text: 'Hello' }], 'FINISH_REASON_UNSPECIFIED'), DONE),
    EVENT_STREAM,
  ],
];

describe('an answer without a reason for its end', () => {
  const cases = ENDS.flatMap((end) => WAYS.map(([way, isStreamed]) => [...end, way, isStreamed] as const));

  it.each(cases)('of %s is whole with %s', async (vendor, _what, body, headers, _way, isStreamed) => {
    odd.answersWith(body, headers);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: 'Hello', finishReason: null });
  });
});

describe.each(WAYS)('an answer asked %s that has neither reason nor mark', (_way, isStreamed) => {
  it.each<[Vendor, string]>([
    ['openai', eventsOf(chunk({ content: 'Hello' }))],
    ['compatible', eventsOf(chunk({ role: 'assistant', content: '' }))],
    ['azure-openai', eventsOf(chunk({ content: 'Hello' })) + 'data: {"choices":[{"delta":{"content":" the'],
    ['anthropic', eventsOf(MESSAGE_START, blockStart({ type: 'text', text: '' }), textDelta('Hello'))],
    ['google', eventsOf(contents([{ text: 'Hello' }]))],
  ])('is cut, of %s', async (vendor, body) => {
    odd.answersWith(body, EVENT_STREAM);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({ kind: 'connection', answerBegan: true });
  });

  it.each<[Vendor, string]>([
    ['openai', '{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"Hel'],
    ['anthropic', '{"id":"msg_1","type":"message","content":[{"type":"text","te'],
    ['google', '{"candidates":[{"content":{"parts":[{"text":"Hel'],
  ])('is broken, of %s, where half a document came', async (vendor, body) => {
    odd.answersWith(body, DOCUMENT);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({
      kind: 'provider_error',
      answerBegan: true,
    });
    odd.server.answer = { headers: DOCUMENT, body, isCut: true };
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({ kind: 'connection', answerBegan: true });
  });

  it.each<[Vendor]>([['openai'], ['google']])(
    'is whole where the line breaks behind the reason, of %s',
    async (vendor) => {
      const body = goodStream(vendor).replace(DONE, '');
      odd.server.answer = { headers: EVENT_STREAM, body, isCut: true };
      expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: 'Hello there', finishReason: 'stop' });
    },
  );
});
