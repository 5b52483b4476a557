import fc from 'fast-check';
import { readServerSentEvents } from './server-sent-events.js';

async function read(packets: readonly Uint8Array[], maxEventCharacters?: number): Promise<string[]> {
  const events: string[] = [];
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* packets;
  }
  for await (const data of readServerSentEvents(body(), maxEventCharacters)) events.push(data);
  return events;
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

describe('readServerSentEvents', () => {
  it.each([
    ['one line', 'data: a\n\ndata:b\n\n', ['a', 'b']],
    ['several lines', 'data: a\ndata: b\n\n', ['a\nb']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['comments and other fields', ': ping\n\nevent: x\nid: 1\ndata: a\nretry: 5\n\n', ['a']],
    ['only the first space as separator', 'data:  a\n\n', [' a']],
    ['an event that the end cuts off', 'data: a\n\ndata: b', ['a']],
    ['nothing', '', []],
  ])('reads %s', async (_what, text, events) => {
    expect(await read([bytes(text)])).toEqual(events);
  });

  it('reads the same however the bytes are divided', async () => {
    const text = 'data: grüße 👋\r\n\r\n: ping\n\ndata: a\ndata: 李雷\n\ndata: [DONE]\n\n';
    const whole = bytes(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length)), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const packets = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        expect(await read(packets)).toEqual(['grüße 👋', 'a\n李雷', '[DONE]']);
      }),
    );
  });

  it.each([
    ['a line', ['data: aaaa', 'aaaaaaaaaa', 'aaaaaaaaaa']],
    ['an event of many lines', ['data: aaaaaaaa\n', 'data: aaaaaaaa\n', 'data: a\n']],
  ])('gives up on %s without end', async (_what, packets) => {
    await expect(read(packets.map(bytes), 20)).rejects.toMatchObject({ kind: 'provider_error' });
  });
});
