import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawAnswer } from '../../../infra/http/index.js';
import type { EventStream } from './event-stream.js';
import {
  BEGUN,
  DONE,
  eventually,
  FAILED,
  MOST_IN_SOCKETS,
  open,
  PIECE_BYTES,
  RESULT,
  text,
  useServer,
} from './event-stream.testkit.js';

const PIECES = 1024;

useServer();

/** Waits until the value has been stable for a while. */
async function settled(value: () => number): Promise<number> {
  const looks: number[] = [];
  while (looks.length < 20) {
    if (looks.at(-1) !== value()) looks.length = 0;
    looks.push(value());
    await sleep(10);
  }
  return value();
}

/** Sends pieces one after another, as they come from a provider. */
function sendAll(stream: EventStream, response: ServerResponse) {
  const progress = { sent: 0, mostBufferedBytes: 0, isOver: false };
  const sending = (async () => {
    for (; progress.sent < PIECES && !stream.signal.aborted; progress.sent += 1) {
      const taken = stream.send(text('x'.repeat(PIECE_BYTES)));
      progress.mostBufferedBytes = Math.max(progress.mostBufferedBytes, response.writableLength);
      await taken;
    }
    progress.isOver = true;
  })();
  return { progress, sending };
}

describe('a reader', () => {
  it('gets its head with the first piece, and then what it is sent, as it comes', async () => {
    const { reader, stream } = await open();
    expect([stream.hasBegun, stream.hasSent]).toEqual([false, false]);
    reader.read();
    stream.begin(BEGUN, () => ({ 'X-Budget-Warning': 'budget_id=b; percent=50' }));
    expect([stream.hasBegun, stream.hasSent]).toEqual([false, false]);

    await stream.send(text('Grüß\n\n dich 👋'));
    await eventually(() => reader.seen.includes('👋'));
    expect([stream.hasBegun, stream.hasSent]).toEqual([true, true]);
    expect(reader.seen).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(reader.seen).toContain('Content-Type: text/event-stream; charset=utf-8\r\n');
    expect(reader.seen).toContain('X-Budget-Warning: budget_id=b; percent=50\r\n');
    expect(reader.seen).toMatch(/event: execution\n.*\n\nevent: delta\n/);
    expect(reader.seen).toContain('event: delta\ndata: {"text":"Grüß\\n\\n dich 👋"}\n\n');

    stream.finish(DONE);
    await eventually(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(reader.seen).toContain(`event: done\ndata: ${JSON.stringify(RESULT)}\n\n`);
    expect(reader.seen.match(/^event: execution$/gm)).toHaveLength(1);
    expect(stream.signal.aborted).toBe(false);
  });

  it('gets the headers that go with the model of the last call before the first piece', async () => {
    const { reader, stream } = await open();
    reader.read();
    stream.begin(BEGUN, ({ provider, model_name: name }) => ({ 'X-Model': `${provider}/${name}` }));
    stream.calling(BEGUN.model);
    stream.calling({ provider: 'openai', model_name: 'gpt-4o' });
    await stream.send(text('Hello'));
    stream.calling({ provider: 'openai', model_name: 'too-late' });
    stream.finish(DONE);
    await eventually(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(reader.seen).toContain('X-Model: openai/gpt-4o\r\n');
    expect(reader.seen).not.toContain('too-late');
  });

  it('that reads nothing is waited for: what it has not taken is one piece and what sockets hold', async () => {
    const { reader, response, stream } = await open();
    stream.begin(BEGUN, () => ({}));
    const { progress, sending } = sendAll(stream, response);

    const taken = await settled(() => progress.sent);

    expect(progress.isOver).toBe(false);
    expect(taken).toBeLessThan(MOST_IN_SOCKETS);
    // Once it reads, the client gets everything.
    reader.read();
    await sending;
    expect(progress.sent).toBe(PIECES);
    expect(progress.mostBufferedBytes).toBeLessThan(3 * PIECE_BYTES);
    stream.finish(DONE);
    await eventually(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(reader.seen.match(/^event: delta$/gm)).toHaveLength(PIECES);
  });

  it('that leaves while it is waited for is waited for no longer', async () => {
    const { reader, response, stream } = await open();
    stream.begin(BEGUN, () => ({}));
    const { progress, sending } = sendAll(stream, response);
    await settled(() => progress.sent);
    expect(stream.signal.aborted).toBe(false);

    reader.socket.destroy();
    await sending;

    expect(stream.signal.aborted).toBe(true);
    expect(progress.sent).toBeLessThan(PIECES);
  });

  it('that has left is sent nothing more, and the end is harmless', async () => {
    const { reader, response, stream } = await open();
    stream.begin(BEGUN, () => ({}));
    reader.socket.destroy();
    await eventually(() => stream.signal.aborted);

    await stream.send(text('for nobody'));
    stream.finish(FAILED);
    stream.finish(DONE);

    expect(response.writableLength).toBe(0);
    expect(response.destroyed).toBe(true);
  });

  it('that leaves before the beginning is noticed, too', async () => {
    const { reader, stream } = await open();
    reader.socket.destroy();
    await eventually(() => stream.signal.aborted);
    stream.begin(BEGUN, () => ({}));
    await stream.send(text('for nobody'));
    stream.finish(DONE);
  });

  it('that leaves after the end aborts nothing', async () => {
    const { reader, response, stream } = await open();
    reader.read();
    stream.begin(BEGUN, () => ({}));
    stream.finish(DONE);
    reader.socket.destroy();
    await eventually(() => response.destroyed || response.closed);
    expect(stream.signal.aborted).toBe(false);
  });
});

describe('the end', () => {
  it('of a stream that failed after a piece is an error event', async () => {
    const { reader, stream } = await open();
    reader.read();
    stream.begin(BEGUN, () => ({}));
    await stream.send(text('He'));
    stream.finish(FAILED);
    await eventually(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(reader.seen).toMatch(/^HTTP\/1\.1 200 /);
    expect(reader.seen).toContain('event: error\ndata: {"code":"PROVIDER_FAILED"}\n\n');
  });

  it.each([429, 502, 504])('of a stream that failed before any piece is an ordinary %i', async (status) => {
    const { reader, stream } = await open();
    reader.read();
    stream.begin(BEGUN, () => ({ 'X-Execution-Id': 'e-1' }));
    stream.finish(new RawAnswer(status, { ...FAILED.headers, 'Retry-After': '7' }, FAILED.body));
    await eventually(() => reader.seen.endsWith('"}'));
    expect(reader.seen).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(reader.seen).toContain('Content-Type: application/problem+json\r\n');
    expect(reader.seen).toContain('Retry-After: 7\r\n');
    expect(reader.seen).not.toContain('event:');
    expect(stream.signal.aborted).toBe(false);
  });

  it('of an answer without a word is a stream all the same', async () => {
    const { reader, stream } = await open();
    reader.read();
    stream.begin(BEGUN, () => ({ 'X-Execution-Id': 'e-1' }));
    stream.finish(DONE.with({ 'X-Budget-Warning': 'percent=80' }));
    await eventually(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(reader.seen).toContain('X-Execution-Id: e-1\r\n');
    expect(reader.seen).toContain('X-Budget-Warning: percent=80\r\n');
    expect(reader.seen.match(/^event: \w+$/gm)).toEqual(['event: execution', 'event: done']);
  });

  it('without a beginning is a whole stream, where it succeeded', async () => {
    const { reader, stream } = await open();
    reader.read();
    stream.finish(DONE.with({ 'Idempotency-Replayed': 'true' }));
    await eventually(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(reader.seen).toContain('Idempotency-Replayed: true\r\n');
    expect(reader.seen.match(/^event: \w+$/gm)).toEqual(['event: execution', 'event: delta', 'event: done']);
    expect(reader.seen).toContain('data: {"text":"Hello"}\n\n');
  });

  it('without a beginning is an ordinary answer, where it failed', async () => {
    const { reader, stream } = await open();
    reader.read();
    stream.finish(FAILED);
    await eventually(() => reader.seen.endsWith('"}'));
    expect(reader.seen).toMatch(/^HTTP\/1\.1 502 /);
    expect(reader.seen).toContain('Content-Type: application/problem+json\r\n');
  });
});
