import {
  blockDelta,
  blockStart,
  CHAT_VENDORS,
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
  textDelta,
  WAYS,
} from './odd-answers.testkit.js';

let odd: OddAnswers;

beforeAll(async () => {
  odd = await OddAnswers.start();
});
afterAll(() => odd.stop());

const THINKING = { type: 'thinking', thinking: [{ type: 'text', text: 'Let me think.' }] };

/** Content of a message; as deltas its first part comes before the others. */
const CONTENTS: readonly (readonly [string, unknown, string])[] = [
  ['a list of one part', [{ type: 'text', text: 'Hello' }], 'Hello'],
  [
    'parts of text',
    [
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo' },
    ],
    'Hello',
  ],
  ['parts of output_text', [{ type: 'output_text', text: 'Hello', annotations: [] }], 'Hello'],
  ['texts in a list', ['Hel', 'lo'], 'Hello'],
  ['a text with a value', [{ type: 'text', text: { value: 'Hello' } }], 'Hello'],
  ['a part alone', { type: 'text', text: 'Hello' }, 'Hello'],
  ['Mistral’s thinking', [THINKING, { type: 'text', text: 'Hello' }], 'Hello'],
  [
    'reasoning and text',
    [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] },
      { type: 'text', text: 'Hello' },
    ],
    'Hello',
  ],
  ['a type that nobody knows', [{ type: 'prose', text: 'Hello' }], 'Hello'],
];

const CHAT_BOTH = CHAT_VENDORS.flatMap((vendor) =>
  WAYS.map(([way, isStreamed]) => [vendor, way, isStreamed] as const),
);

describe.each(CHAT_BOTH)('content of %s, asked %s,', (vendor, _way, isStreamed) => {
  it.each(CONTENTS)('that is %s is read from a document', async (_what, content, text) => {
    odd.answersWith(completion({ role: 'assistant', content }), DOCUMENT);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text, finishReason: 'stop', refusal: null });
  });

  it.each(CONTENTS)('that is %s is read from deltas', async (_what, content, text) => {
    const pieces = Array.isArray(content)
      ? content.map((part: unknown) => chunk({ content: [part] }))
      : [chunk({ content })];
    odd.answersWith(eventsOf(...pieces, chunk({}, 'stop'), DONE), EVENT_STREAM);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text, finishReason: 'stop' });
  });

  it.each<[string, unknown]>([
    ['a picture', [{ type: 'image_url', image_url: { url: 'data:,' } }]],
    ['an object that nobody knows', { greeting: 'Hello' }],
    ['true', true],
  ])('that is %s is never an empty answer, nor asked for again', async (_what, content) => {
    odd.answersWith(completion({ role: 'assistant', content }), DOCUMENT);
    const failure = await odd.failure(vendor, isStreamed);
    expect(failure).toMatchObject({ kind: 'provider_error', answerBegan: true, shouldRetry: false });
    odd.answersWith(eventsOf(chunk({ content }), chunk({}, 'stop'), DONE), EVENT_STREAM);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({
      kind: 'provider_error',
      shouldRetry: false,
    });
  });

  it('that is thinking alone is an empty answer', async () => {
    odd.answersWith(completion({ role: 'assistant', content: [THINKING] }, 'length'), DOCUMENT);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: '', finishReason: 'length' });
  });

  it('that is a refusal among parts is told from an answer', async () => {
    const content = [{ type: 'refusal', refusal: 'No.' }];
    odd.answersWith(completion({ role: 'assistant', content }), DOCUMENT);
    const refused = { text: 'No.', refusal: 'No.', finishReason: 'content_filter' };
    expect(await odd.ask(vendor, isStreamed)).toMatchObject(refused);
    odd.answersWith(eventsOf(chunk({ content }), chunk({}, 'stop'), DONE), EVENT_STREAM);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject(refused);
  });

  it.each<[string, string, Record<string, string>]>([
    ['a delta that is a text', eventsOf(chunk('Hello', 'stop'), DONE), EVENT_STREAM],
    ['a message that is a text', completion('Hello'), DOCUMENT],
    ['a completion without a chat', '{"choices":[{"text":"Hello","finish_reason":"stop"}]}', DOCUMENT],
    [
      'a choice in the place of the list',
      '{"choices":{"message":{"content":"Hello"},"finish_reason":"stop"}}',
      DOCUMENT,
    ],
    [
      'all of the text once more at the end',
      eventsOf(chunk({ content: 'Hel' }), chunk({ content: 'lo' }), {
        choices: [{ message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
      }),
      EVENT_STREAM,
    ],
  ])('in the form of %s is read once', async (_what, body, headers) => {
    odd.answersWith(body, headers);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: 'Hello', finishReason: 'stop' });
  });
});

describe.each(WAYS)('content asked %s', (_way, isStreamed) => {
  it.each<[string, unknown, string]>([
    ['a text', 'Hello', 'Hello'],
    ['texts in a list', ['Hel', 'lo'], 'Hello'],
    ['a text with a value', [{ type: 'text', text: { value: 'Hello' } }], 'Hello'],
    ['a block without a type', [{ text: 'Hello' }], 'Hello'],
    [
      'a block that nobody knows beside',
      [
        { type: 'new_kind', text: 'no' },
        { type: 'text', text: 'Hello' },
      ],
      'Hello',
    ],
    [
      'thinking before it',
      [
        { type: 'thinking', thinking: 'Hm' },
        { type: 'redacted_thinking', data: 'x' },
        { type: 'text', text: 'Hello' },
      ],
      'Hello',
    ],
    ['thinking alone', [{ type: 'thinking', thinking: 'Hm' }], ''],
    ['nothing', [], ''],
  ])('of Anthropic is read from %s', async (_what, content, text) => {
    odd.answersWith(message(content), DOCUMENT);
    expect(await odd.ask('anthropic', isStreamed)).toMatchObject({ text, finishReason: 'stop' });
  });

  it('of Anthropic that is of one kind that nobody knows is never an empty answer', async () => {
    odd.answersWith(message([{ type: 'hologram', text: 'Hello' }]), DOCUMENT);
    expect(await odd.failure('anthropic', isStreamed)).toMatchObject({
      kind: 'provider_error',
      shouldRetry: false,
    });
    const block = [blockStart({ type: 'hologram' }), blockDelta({ type: 'hologram_delta', text: 'Hello' })];
    odd.answersWith(eventsOf(MESSAGE_START, ...block, messageDelta('end_turn'), MESSAGE_STOP), EVENT_STREAM);
    expect(await odd.failure('anthropic', isStreamed)).toMatchObject({
      kind: 'provider_error',
      shouldRetry: false,
    });
  });

  it('of Anthropic is read without the start of its message', async () => {
    const events = [
      blockStart({ type: 'text', text: '' }),
      textDelta('Hello'),
      messageDelta('end_turn'),
      MESSAGE_STOP,
    ];
    odd.answersWith(eventsOf(...events), EVENT_STREAM);
    expect(await odd.ask('anthropic', isStreamed)).toMatchObject({ text: 'Hello', servedModelName: null });
  });

  it.each<[string, unknown, string]>([
    ['a text in the place of a part', ['Hello'], 'Hello'],
    ['a part in the place of the list', { text: 'Hello' }, 'Hello'],
    ['thoughts before it', [{ text: 'Hm', thought: true }, { text: 'Hello' }], 'Hello'],
    ['a signature behind it', [{ text: 'Hello' }, { text: '', thoughtSignature: 'x' }], 'Hello'],
    [
      'code that was run beside it',
      [{ executableCode: { language: 'PYTHON', code: '1' } }, { text: 'Hello' }],
      'Hello',
    ],
    ['empty parts', [{}, null, { text: 'Hello' }], 'Hello'],
  ])('of Google is read from %s', async (_what, parts, text) => {
    odd.answersWith(JSON.stringify(contents(parts, 'STOP')), DOCUMENT);
    expect(await odd.ask('google', isStreamed)).toMatchObject({ text, finishReason: 'stop' });
  });

  it('of Google that is a picture is never an empty answer', async () => {
    const picture = contents([{ inlineData: { mimeType: 'image/png', data: 'iVBORw0' } }], 'STOP');
    odd.answersWith(JSON.stringify(picture), DOCUMENT);
    expect(await odd.failure('google', isStreamed)).toMatchObject({
      kind: 'provider_error',
      shouldRetry: false,
    });
  });
});
