import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawAnswer } from '../../../infra/http/index.js';
import type { ExecutionResultDto, StreamedExecutionDto } from '../executions.dto.js';
import { EventStream } from './event-stream.js';
import { LEDGER_EVENTS } from './stream-format.js';

const BEGUN: StreamedExecutionDto = {
  execution_id: 'e-1',
  status: 'running',
  mode: 'sync',
  prompt_name: 'greeting',
  version_number: 1,
  checksum_hash: 'c',
  environment: 'default',
  resolved_by: 'active',
  model: { provider: 'echo', model_name: 'echo' },
  created_at: '2026-11-26T00:00:00.000Z',
};
const RESULT = { ...BEGUN, status: 'succeeded', response_text: 'Hello', tool_calls: null };
const DONE = RawAnswer.json(200, JSON.stringify(RESULT));
const FAILED = new RawAnswer(
  502,
  { 'Content-Type': 'application/problem+json' },
  '{"code":"PROVIDER_FAILED"}',
);

const PIECE_BYTES = 64 * 1024;
const PIECES = 1024;
/** What two sockets' buffers may hold on any system, and more than that is offered. */
const MOST_IN_SOCKETS = (32 * 1024 * 1024) / PIECE_BYTES;
const text = (content: string) => ({ type: 'delta' as const, text: content });

let server: Server;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

/** One request, by a reader that reads when it is told to. */
async function open() {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('POST / HTTP/1.1\r\nHost: loopback\r\nContent-Length: 0\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  const reader = {
    socket,
    seen: '',
    read: () => {
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => (reader.seen += chunk));
      socket.resume();
    },
  };
  return { reader, response, stream: new EventStream(response, LEDGER_EVENTS) };
}

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

/** Until it has been the same for a while. */
async function settled(value: () => number): Promise<number> {
  const looks: number[] = [];
  while (looks.length < 20) {
    if (looks.at(-1) !== value()) looks.length = 0;
    looks.push(value());
    await sleep(10);
  }
  return value();
}

/** Sends pieces one after another, as a provider's answer is read. */
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
  it('gets what it is sent, as it comes, and its headers first', async () => {
    const { reader, stream } = await open();
    expect([stream.hasBegun, stream.hasSent]).toEqual([false, false]);
    reader.read();
    stream.begin(BEGUN, { 'X-Budget-Warning': 'budget_id=b; percent=50' });
    await eventually(() => reader.seen.includes('event: execution\n'));
    expect([stream.hasBegun, stream.hasSent]).toEqual([true, false]);
    expect(reader.seen).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(reader.seen).toContain('Content-Type: text/event-stream; charset=utf-8\r\n');
    expect(reader.seen).toContain('X-Budget-Warning: budget_id=b; percent=50\r\n');

    await stream.send(text('Grüß\n\n dich 👋'));
    await eventually(() => reader.seen.includes('👋'));
    expect(stream.hasSent).toBe(true);
    expect(reader.seen).toContain('event: delta\ndata: {"text":"Grüß\\n\\n dich 👋"}\n\n');

    stream.finish(DONE);
    await eventually(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(reader.seen).toContain(`event: done\ndata: ${JSON.stringify(RESULT)}\n\n`);
    expect(stream.signal.aborted).toBe(false);
  });

  it('that reads nothing is waited for: what it has not taken is one piece and what sockets hold', async () => {
    const { reader, response, stream } = await open();
    stream.begin(BEGUN, {});
    const { progress, sending } = sendAll(stream, response);

    const taken = await settled(() => progress.sent);

    expect(progress.isOver).toBe(false);
    expect(taken).toBeLessThan(MOST_IN_SOCKETS);
    // Once it reads, it gets all of it.
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
    stream.begin(BEGUN, {});
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
    stream.begin(BEGUN, {});
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
    stream.begin(BEGUN, {});
    await stream.send(text('for nobody'));
    stream.finish(DONE);
  });

  it('that leaves after the end aborts nothing', async () => {
    const { reader, response, stream } = await open();
    reader.read();
    stream.begin(BEGUN, {});
    stream.finish(DONE);
    reader.socket.destroy();
    await eventually(() => response.destroyed || response.closed);
    expect(stream.signal.aborted).toBe(false);
  });
});

describe('the end', () => {
  it('of a stream that failed is an error event', async () => {
    const { reader, stream } = await open();
    reader.read();
    stream.begin(BEGUN, {});
    stream.finish(FAILED);
    await eventually(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(reader.seen).toContain('event: error\ndata: {"code":"PROVIDER_FAILED"}\n\n');
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

describe('with time passing', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date', 'performance'] });
  });
  afterEach(() => jest.useRealTimers());
  const turns = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('a silent stream is kept alive by comments, until its end', async () => {
    const { reader, stream } = await open();
    reader.read();
    stream.begin(BEGUN, {});
    jest.advanceTimersByTime(14_999);
    void stream.send(text('late'));
    await turns(() => reader.seen.includes('late'));
    expect(reader.seen).not.toContain('\n: keep-alive');

    jest.advanceTimersByTime(30_000);
    await turns(() => (reader.seen.match(/^: keep-alive\n$/gm) ?? []).length === 2);
    stream.finish(DONE);
    await turns(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('no timer outlives a reader that has left', async () => {
    for (const leaves of ['before', 'after'] as const) {
      const { reader, stream } = await open();
      if (leaves === 'after') stream.begin(BEGUN, {});
      reader.socket.destroy();
      await turns(() => stream.signal.aborted);
      if (leaves === 'before') stream.begin(BEGUN, {});
      stream.finish(DONE);
      expect(jest.getTimerCount()).toBe(0);
    }
  });

  it('a reader that does not take the end is hung up on', async () => {
    const { response, stream } = await open();
    stream.begin(BEGUN, {});
    // More than the sockets hold.
    void stream.send(text('x'.repeat(MOST_IN_SOCKETS * PIECE_BYTES)));
    stream.finish(DONE);
    jest.advanceTimersByTime(29_999);
    expect(response.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(response.destroyed).toBe(true);
  });
});

describe('a repeated answer', () => {
  const replay = (more: Partial<ExecutionResultDto>) =>
    LEDGER_EVENTS.replay(JSON.stringify({ ...RESULT, ...more }))
      .split('\n\n')
      .slice(0, -1);

  it('is told as it began, in one piece, and byte for byte at the end', () => {
    const events = replay({});
    expect(events).toEqual([
      `event: execution\ndata: ${JSON.stringify(BEGUN)}`,
      'event: delta\ndata: {"text":"Hello"}',
      `event: done\ndata: ${JSON.stringify(RESULT)}`,
    ]);
  });

  it('has the calls of tools with their numbers', () => {
    const tool_calls = [
      { id: 'c1', name: 'search', arguments: '{"q":1}' },
      { id: 'c2', name: 'open', arguments: '' },
    ];
    const [, delta] = replay({ response_text: '', tool_calls });
    expect(JSON.parse(delta?.split('data: ')[1] ?? '')).toEqual({
      text: '',
      tool_calls: tool_calls.map((call, index) => ({ index, ...call })),
    });
  });
});
