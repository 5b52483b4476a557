import zlib from 'node:zlib';
import {
  BOTH,
  DOCUMENT,
  EVENT_STREAM,
  goodDocument,
  goodStream,
  OddAnswers,
  WAYS,
} from '../../testkit/odd-answers.testkit.js';

let odd: OddAnswers;

beforeAll(async () => {
  odd = await OddAnswers.start();
});
afterAll(() => odd.stop());

const MiB = 1024 * 1024;

/** Headers, and how a server encodes the body. */
const COMPRESSIONS: readonly (readonly [string, string | null, (body: string) => Uint8Array])[] = [
  ['gzip', 'gzip', zlib.gzipSync],
  ['gzip by its former name', 'x-gzip', zlib.gzipSync],
  ['gzip in capitals', 'GZIP', zlib.gzipSync],
  ['gzip without the header', null, zlib.gzipSync],
  ['gzip under another name', 'deflate', zlib.gzipSync],
  ['gzip that a proxy undid, leaving the header', 'gzip', (body) => Buffer.from(body)],
  ['deflate', 'deflate', zlib.deflateSync],
  ['deflate without a head', 'deflate', zlib.deflateRawSync],
  ['br', 'br', zlib.brotliCompressSync],
  ['two of them', 'gzip, br', (body) => zlib.brotliCompressSync(zlib.gzipSync(body))],
  ['identity', 'identity', (body) => Buffer.from(body)],
  [
    'gzip in two members',
    'gzip',
    (body) => Buffer.concat([zlib.gzipSync(body.slice(0, 40)), zlib.gzipSync(body.slice(40))]),
  ],
];

const encoded = (name: string | null) => (name === null ? {} : { 'content-encoding': name });

describe.each(BOTH)('a compressed answer of %s, asked %s,', (vendor, _way, isStreamed) => {
  it.each(COMPRESSIONS)('is read from %s', async (_what, name, compress) => {
    for (const packetBytes of [undefined, 1]) {
      for (const [body, headers] of [
        [goodStream(vendor), EVENT_STREAM],
        [goodDocument(vendor), DOCUMENT],
      ] as const) {
        odd.server.answer = {
          headers: { ...headers, ...encoded(name) },
          body: compress(body),
          ...(packetBytes === undefined ? {} : { packetBytes }),
        };
        expect(await odd.ask(vendor, isStreamed)).toMatchObject({
          text: 'Hello there',
          finishReason: 'stop',
        });
      }
    }
  });

  it('is cut where its compression has no end, unless the answer has one', async () => {
    const whole = zlib.gzipSync(goodStream(vendor, `: ${'x'.repeat(50)}\n\n`));
    odd.answersWith(whole.subarray(0, 60), { ...EVENT_STREAM, ...encoded('gzip') });
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({ kind: 'connection', answerBegan: true });
    odd.answersWith(whole.subarray(0, -8), { ...EVENT_STREAM, ...encoded('gzip') });
    expect(await odd.ask(vendor, isStreamed)).toMatchObject({ text: 'Hello there' });
  });

  it.each([
    ['not what it says', 'br', Buffer.from('{"choices": []}')],
    ['broken', 'gzip', Buffer.concat([zlib.gzipSync('{}').subarray(0, 12), Buffer.from('broken, broken')])],
  ])('that is %s makes no sense', async (_what, name, body) => {
    odd.answersWith(body, { ...DOCUMENT, ...encoded(name) });
    const { kind, answerBegan } = await odd.failure(vendor, isStreamed);
    expect([['provider_error', 'connection'].includes(kind), answerBegan]).toEqual([true, true]);
  });

  it('in a way that nobody knows is told so', async () => {
    odd.answersWith('xxxx', { ...DOCUMENT, 'content-encoding': 'compress' });
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({
      kind: 'provider_error',
      message: "The provider's answer is compressed in a way that cannot be undone (compress).",
    });
    odd.answersWith('xxxx', { ...DOCUMENT, 'content-encoding': 'compress' }, 429);
    expect(await odd.failure(vendor, isStreamed)).toMatchObject({ kind: 'rate_limited', status: 429 });
  });
});

describe.each(WAYS)('a small body that unpacks to gigabytes, asked %s,', (_way, isStreamed) => {
  /** Builds a gibibyte, in members of 16 MiB. */
  const bomb = (text: string) => {
    const member = zlib.gzipSync(text.repeat((16 * MiB) / text.length));
    return Buffer.concat(Array.from({ length: 64 }, () => member));
  };

  it.each<[string, string, Record<string, string>]>([
    ['a document', ' ', DOCUMENT],
    ['an event', 'data: x', EVENT_STREAM],
  ])('is refused as %s, without being held', async (_what, text, headers) => {
    odd.answersWith(bomb(text), { ...headers, ...encoded('gzip') });
    const before = process.memoryUsage.rss();
    expect(await odd.failure('openai', isStreamed)).toMatchObject({ kind: 'provider_error' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * MiB);
  });

  it('is read as an error as far as an error is read', async () => {
    odd.answersWith(bomb('No credit. '), encoded('gzip'), 402);
    const before = process.memoryUsage.rss();
    // A body that never ends has no message to show.
    expect((await odd.failure('openai', isStreamed)).message).toBe('The provider answered 402.');
    expect(process.memoryUsage.rss() - before).toBeLessThan(256 * MiB);
  });
});
