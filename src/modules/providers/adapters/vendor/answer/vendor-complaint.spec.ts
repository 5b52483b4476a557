import { gzipSync } from 'node:zlib';
import {
  BOTH,
  chunk,
  DOCUMENT,
  DONE,
  EVENT_STREAM,
  eventsOf,
  goodDocument,
  goodStream,
  OddAnswers,
  PROMPT,
  WAYS,
} from '../../testkit/odd-answers.testkit.js';

let odd: OddAnswers;

beforeAll(async () => {
  odd = await OddAnswers.start();
});
afterAll(() => odd.stop());

const json = (value: unknown) => JSON.stringify(value);

/** Error bodies, and the message expected for each. */
const BODIES: readonly (readonly [string, string, string])[] = [
  ['an error with a message', json({ error: { message: 'No credit.', type: 'x' } }), 'No credit.'],
  ['an error that is a text', json({ error: 'No credit.' }), 'No credit.'],
  ['a message', json({ message: 'No credit.' }), 'No credit.'],
  ['a detail', json({ detail: 'No credit.' }), 'No credit.'],
  [
    'details of a form',
    json({ detail: [{ loc: ['body'], msg: 'Field required', type: 'missing' }] }),
    'Field required',
  ],
  ['a detail that is an object', json({ detail: { error: 'No credit.' } }), 'No credit.'],
  [
    'a list',
    json([{ error: { code: 400, message: 'No credit.', status: 'INVALID_ARGUMENT' } }]),
    'No credit.',
  ],
  ['a list of errors', json({ errors: [{ message: 'No credit.' }] }), 'No credit.'],
  ['texts in a list of errors', json({ errors: ['No credit.'] }), 'No credit.'],
  ['vLLM’s error', json({ object: 'error', message: 'No credit.', code: 400 }), 'No credit.'],
  ['an error within an error', json({ error: { error: { message: 'No credit.' } } }), 'No credit.'],
  ['OAuth’s error', json({ error: 'invalid_client', error_description: 'No credit.' }), 'invalid_client'],
  [
    'a gateway’s fault',
    json({ fault: { faultstring: 'No credit.', detail: { errorcode: 'x' } } }),
    'No credit.',
  ],
  ['a capital message', json({ Message: 'No credit.' }), 'No credit.'],
  [
    'MiniMax’s answer',
    json({ choices: null, base_resp: { status_code: 1008, status_msg: 'No credit.' } }),
    'No credit.',
  ],
  ['a problem document', json({ type: 'about:blank', title: 'No credit.', status: 402 }), 'No credit.'],
  ['a JSON text', json('No credit.'), 'No credit.'],
  ['plain text', 'No credit.', 'No credit.'],
  [
    'a page with a title',
    '<!DOCTYPE html><html><head><title>No credit.</title></head><body>x</body></html>',
    'No credit.',
  ],
  ['a page without one', '<html><style>p {}</style><body><h1>No credit.</h1></body></html>', 'No credit.'],
  ['an event', 'event: error\ndata: {"error": {"message": "No credit."}}\n\n', 'No credit.'],
  ['an event without its end', 'data: {"error": {"message": "No credit."}}', 'No credit.'],
  ['a code alone', json({ error: { code: 'insufficient_funds' } }), 'insufficient_funds'],
  ['text over several lines', 'No\r\n  credit.\n', 'No credit.'],
  ['more than is shown', 'No credit. '.repeat(1000), 'No credit. No credit.'],
];

describe.each(BOTH)('an error of %s, asked %s,', (vendor, _way, isStreamed) => {
  it.each(BODIES)('that is %s keeps its words', async (_what, body, words) => {
    for (const [bytes, headers] of [
      [body, {}],
      [gzipSync(body), { 'content-encoding': 'gzip' }],
    ] as const) {
      odd.answersWith(bytes, headers, 402);
      const failure = await odd.failure(vendor, isStreamed);
      expect(failure).toMatchObject({ kind: 'provider_rejected', status: 402 });
      expect(failure.answerBegan).not.toBe(true);
      expect(failure.message).toContain(`The provider answered 402: ${words}`);
      expect(failure.message.length).toBeLessThan(340);
    }
  });

  it.each([
    ['nothing', ''],
    ['an empty object', '{}'],
    ['JSON null', 'null'],
    ['an empty error', '{"error": {}}'],
    ['a quotation of the prompt', json({ error: { message: `Bad: ${PROMPT}` } })],
    ['a page that quotes the prompt', `<html><body>${PROMPT}</body></html>`],
  ])('that is %s has its status alone', async (_what, body) => {
    odd.answersWith(body, {}, 503);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({
      kind: 'provider_error',
      status: 503,
      message: 'The provider answered 503.',
    });
  });

  it('shows no key that it echoes', async () => {
    odd.answersWith('The key sk-live-0123456789 and Bearer abc.def are unknown.', {}, 401);
    const { message } = await odd.failure(vendor, isStreamed);
    expect(message).toContain('[redacted]');
    expect(message).not.toMatch(/sk-live|abc\.def/);
  });

  it.each([
    ['text', 'No credit. '],
    ['pages', '<html><p>No credit.</p>'],
  ])('that is %s without end has its status alone', async (_what, text) => {
    odd.answersWith(text.repeat(10_000), {}, 503);
    expect((await odd.failure(vendor, isStreamed)).message).toBe('The provider answered 503.');
  });

  it('that breaks off keeps the sentence that had come', async () => {
    const body = '{"error": {"type": "x", "message": "No \\"credit\\".", "deta';
    odd.server.answer = { status: 500, headers: DOCUMENT, body, isCut: true };
    expect((await odd.failure(vendor, isStreamed)).message).toBe('The provider answered 500: No credit .');
  });

  it('that breaks off keeps its status', async () => {
    odd.server.answer = { status: 500, headers: DOCUMENT, body: '{"error": {"mess', isCut: true };
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({ kind: 'provider_error', status: 500 });
  });

  it.each<[string, string, number, string]>([
    ['a text', json({ error: 'No credit.' }), 500, 'No credit.'],
    ['an object', json({ error: { message: 'No credit.' } }), 500, 'No credit.'],
    ['a message', json({ message: 'No credit.' }), 500, 'No credit.'],
    ['a detail', json({ detail: 'No credit.' }), 500, 'No credit.'],
    ['a list', json([{ error: { message: 'No credit.', code: 429 } }]), 429, 'No credit.'],
    ['a code of digits', json({ error: { message: 'Slow down.', code: '429' } }), 429, 'Slow down.'],
    [
      'a word for a limit',
      json({ error: { message: 'Slow down.', code: 'rate_limit_exceeded' } }),
      429,
      'Slow down.',
    ],
    [
      'a word for a bad request',
      json({ error: { message: 'Too long.', type: 'invalid_request_error' } }),
      400,
      'Too long.',
    ],
    ['a word of Google’s', json({ error: { message: 'Busy.', status: 'UNAVAILABLE' } }), 503, 'Busy.'],
    [
      'a word of Anthropic’s',
      json({ type: 'error', error: { type: 'overloaded_error', message: 'Busy.' } }),
      529,
      'Busy.',
    ],
    [
      'MiniMax’s answer',
      json({ choices: null, base_resp: { status_code: 1008, status_msg: 'No credit.' } }),
      500,
      'No credit.',
    ],
  ])('with the status of a success, in the form of %s, is an error', async (_what, body, status, words) => {
    odd.answersWith(body, DOCUMENT);
    const failure = await odd.failure(vendor, isStreamed);
    expect(failure).toMatchObject({ status, answerBegan: true });
    expect(failure.message).toBe(`The provider answered ${status}: ${words}`);
    odd.answersWith(`data: ${body}\n\n`, EVENT_STREAM);
    expect((await odd.failure(vendor, isStreamed)).message).toBe(`The provider answered ${status}: ${words}`);
  });

  it.each([
    ['a page', '<html><head><title>Sign in</title></head></html>', 'The provider answered 200: Sign in'],
    ['a page in capitals', '<!DOCTYPE HTML><TITLE>Sign in</TITLE>', 'The provider answered 200: Sign in'],
  ])('that is %s with the status of a success is told by its title', async (_what, body, words) => {
    for (const type of ['text/html', 'application/json', 'text/event-stream']) {
      odd.answersWith(body, { 'content-type': type });
      expect(await odd.failure(vendor, isStreamed)).toMatchObject({ kind: 'provider_error', message: words });
    }
  });

  it.each([
    ['null', null],
    ['false', false],
    ['empty', ''],
    ['an empty object', {}],
    ['an empty list', []],
    ['nulls', { message: null, code: null }],
    ['a code of 0', { code: 0, message: 'ok' }],
  ])('of %s beside a good answer is none', async (_what, error) => {
    odd.answersWith(json({ ...JSON.parse(goodDocument(vendor)), error }), DOCUMENT);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: 'Hello there' });
    odd.answersWith(goodStream(vendor, { error }), EVENT_STREAM);
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: 'Hello there' });
  });

  it('in mid-stream ends the answer with its words', async () => {
    odd.answersWith(goodStream(vendor, { error: { message: 'Lost a GPU.', code: 503 } }), EVENT_STREAM);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({
      status: 503,
      message: 'The provider answered 503: Lost a GPU.',
      answerBegan: true,
    });
  });
});

it.each(WAYS)(
  'an error within the choice, as OpenRouter has it, keeps its words when asked %s',
  async (_way, isStreamed) => {
    const choice = {
      delta: { content: '' },
      finish_reason: 'error',
      error: { code: 502, message: 'Upstream is gone.' },
    };
    odd.answersWith(eventsOf(chunk({ content: 'Hel' }), { choices: [choice] }, DONE), EVENT_STREAM);
    expect(await odd.failure('compatible', isStreamed)).toMatchObject({
      status: 502,
      message: 'The provider answered 502: Upstream is gone.',
    });
  },
);

describe.each(BOTH)('how long %s asks to wait, asked %s,', (vendor, _way, isStreamed) => {
  it.each<[string, Record<string, string>, number | null]>([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['parts of a second', { 'retry-after': '0.25' }, 250],
    [
      'a date',
      { date: 'Sat, 28 Nov 2026 06:00:00 GMT', 'retry-after': 'Sat, 28 Nov 2026 06:00:30 GMT' },
      30_000,
    ],
    ['milliseconds', { 'retry-after-ms': '1250' }, 1250],
    ['milliseconds before seconds', { 'retry-after-ms': '1250', 'retry-after': '2' }, 1250],
    ['parts of a millisecond', { 'retry-after-ms': '12.3' }, 13],
    ['Azure’s milliseconds', { 'x-ms-retry-after-ms': '800' }, 800],
    ['milliseconds that are none', { 'retry-after-ms': 'soon', 'retry-after': '2' }, 2000],
    ['milliseconds below nothing', { 'retry-after-ms': '-5', 'retry-after': '2' }, 2000],
    ['empty milliseconds', { 'retry-after-ms': '', 'retry-after': '2' }, 2000],
    ['nothing', {}, null],
  ])('is read in %s', async (_what, headers, retryAfterMs) => {
    odd.answersWith(json({ error: { message: 'Slow down.' } }), headers, 429);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({ kind: 'rate_limited', retryAfterMs });
  });

  it.each<[string, boolean | null]>([
    ['true', true],
    ['false', false],
    ['maybe', null],
  ])('and whether another try makes sense: %s', async (said, shouldRetry) => {
    odd.answersWith('{}', { 'x-should-retry': said }, 429);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({ kind: 'rate_limited', shouldRetry });
  });
});
