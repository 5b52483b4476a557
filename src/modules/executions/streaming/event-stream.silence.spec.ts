import {
  BEGUN,
  DONE,
  FAILED,
  MOST_IN_SOCKETS,
  open,
  PIECE_BYTES,
  text,
  useServer,
} from './event-stream.testkit.js';

useServer();

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
    stream.begin(BEGUN, () => ({}));
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

  it('gets its head after a silence, and is told in the stream of what fails afterwards', async () => {
    const { reader, response, stream } = await open();
    reader.read();
    stream.begin(BEGUN, () => ({ 'X-Execution-Id': 'e-1' }));
    jest.advanceTimersByTime(14_999);
    expect(response.headersSent).toBe(false);
    jest.advanceTimersByTime(1);
    await turns(() => reader.seen.includes(': keep-alive\n\n'));
    expect(reader.seen).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(reader.seen).toContain('X-Execution-Id: e-1\r\n');
    expect(reader.seen).toMatch(/event: execution\n.*\n\n: keep-alive\n\n/);
    expect([stream.hasBegun, stream.hasSent]).toEqual([true, false]);

    stream.finish(FAILED);
    await turns(() => reader.seen.endsWith('0\r\n\r\n'));
    expect(reader.seen.match(/^event: \w+$/gm)).toEqual(['event: execution', 'event: error']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gets its head later when a call has failed and another is made, but not without end', async () => {
    const { response, stream } = await open();
    stream.begin(BEGUN, () => ({}));
    for (let call = 1; call <= 3; call += 1) {
      stream.calling(BEGUN.model);
      jest.advanceTimersByTime(14_999);
      expect(response.headersSent).toBe(false);
    }
    stream.calling(BEGUN.model);
    jest.advanceTimersByTime(1);
    expect(response.headersSent).toBe(true);
    stream.finish(DONE);
  });

  it('no head goes out of its own accord once somebody else writes the answer', async () => {
    const { response, stream } = await open();
    stream.begin(BEGUN, () => ({}));
    stream.release();
    jest.advanceTimersByTime(60_000);
    expect(response.headersSent).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
    response.end();
  });

  it('no timer outlives a reader that has left', async () => {
    for (const leaves of ['before', 'after'] as const) {
      const { reader, stream } = await open();
      if (leaves === 'after') stream.begin(BEGUN, () => ({}));
      reader.socket.destroy();
      await turns(() => stream.signal.aborted);
      if (leaves === 'before') stream.begin(BEGUN, () => ({}));
      stream.finish(DONE);
      expect(jest.getTimerCount()).toBe(0);
    }
  });

  it('a reader that does not take the end is hung up on', async () => {
    const { response, stream } = await open();
    stream.begin(BEGUN, () => ({}));
    // Send more than the sockets hold.
    void stream.send(text('x'.repeat(MOST_IN_SOCKETS * PIECE_BYTES)));
    stream.finish(DONE);
    jest.advanceTimersByTime(29_999);
    expect(response.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(response.destroyed).toBe(true);
  });
});

it('a reader has patience until it has a head', async () => {
  const { stream } = await open();
  stream.begin(BEGUN, () => ({}));
  expect(stream.patienceMs).toBeGreaterThan(10_000);
  expect(stream.patienceMs).toBeLessThanOrEqual(15_000);
  await stream.send(text('Hello'));
  expect(stream.patienceMs).toBe(Number.POSITIVE_INFINITY);
  stream.finish(DONE);
});
