import { setImmediate as turn } from 'node:timers/promises';
import { TimeoutError } from '../core/index.js';
import type { ExecutionStream } from './execution-stream.js';
import { fakeFetch, type Step } from '../fake-fetch.testkit.js';
import type { StreamOptions } from '../options.js';
import { PromptLedger } from '../prompt-ledger.js';
import { begun, delta, done, DONE, failureOf } from './streams.testkit.js';

/** A body that the test writes and that reports how far it was read. */
function bodyByHand() {
  const state = { pulls: 0, canceled: false };
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (given) => void (controller = given),
      pull: () => void (state.pulls += 1),
      cancel: () => void (state.canceled = true),
    },
    { highWaterMark: 0 },
  );
  const step: Step = () => new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  return {
    state,
    step,
    write: (text: string) => controller?.enqueue(new TextEncoder().encode(text)),
    end: () => controller?.close(),
  };
}

function fakeStream(step: Step, options: StreamOptions = {}): ExecutionStream {
  const { fetch } = fakeFetch(step);
  return new PromptLedger({ baseUrl: 'http://ledger.test', apiKey: 'k', fetch }).stream('p', {}, options);
}

describe('reading', () => {
  it('does not run ahead of the loop', async () => {
    const { state, step, write, end } = bodyByHand();
    const stream = fakeStream(step);
    const pulls: number[] = [];
    const loop = async () => {
      for await (const _delta of stream) {
        await turn();
        pulls.push(state.pulls);
      }
    };
    const over = loop();
    for (const text of [begun, delta('a'), delta('b'), delta('c')]) {
      await turn();
      await turn();
      write(text);
    }
    await turn();
    await turn();
    write(done);
    end();
    await over;
    expect(pulls).toEqual([2, 3, 4]);
  });

  it('goes on to the end of the answer, so that its connection is used again', async () => {
    const { state, step, write, end } = bodyByHand();
    const stream = fakeStream(step);
    const result = stream.final();
    await turn();
    write(begun);
    await turn();
    write(done);
    await result;
    await turn();
    end();
    await turn();
    expect(state).toEqual({ pulls: 3, canceled: false });
  });
});

describe('time limits', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] }));
  afterEach(() => jest.useRealTimers());

  it('let a stream go on that is alive, however long it takes, and a loop take its time', async () => {
    const { step, write, end } = bodyByHand();
    const stream = fakeStream(step, { timeoutMs: 1_000 });
    const texts: string[] = [];
    const loop = async () => {
      for await (const { text } of stream) {
        texts.push(text);
        // The server may stay silent this long, because no read is waiting.
        await jest.advanceTimersByTimeAsync(3_600_000);
      }
    };
    const over = loop();
    await turn();
    write(begun);
    for (let minute = 0; minute < 30; minute += 1) {
      await jest.advanceTimersByTimeAsync(60_000);
      write(': keep-alive\n\n');
      await turn();
    }
    write(delta('a'));
    await turn();
    write(done);
    end();
    await over;
    expect(texts).toEqual(['a']);
  });

  it('let a loop take its time over what came with the first bytes', async () => {
    const { state, step, write, end } = bodyByHand();
    const stream = fakeStream(step);
    const loop = async () => {
      for await (const _delta of stream) {
        await jest.advanceTimersByTimeAsync(3_600_000);
        write(done);
        end();
      }
    };
    const over = loop();
    await turn();
    write(begun + delta('a'));
    await over;
    expect(state.canceled).toBe(false);
    expect(await stream.final()).toEqual(DONE);
  });

  it.each([
    [{}, 90_000],
    [{ idleTimeoutMs: 5_000 }, 5_000],
  ])('end a silence, with the options %j', async (options, ms) => {
    const { state, step, write } = bodyByHand();
    const stream = fakeStream(step, options);
    const result = failureOf(stream.final());
    await turn();
    write(begun);
    await turn();
    await jest.advanceTimersByTimeAsync(ms - 1);
    expect(state.canceled).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(await result).toBeInstanceOf(TimeoutError);
    expect(await result).toMatchObject({ message: `POST /v1/executions:stream was silent for ${ms} ms.` });
    expect(state.canceled).toBe(true);
  });

  it('end a stream that does not begin, later than the ledger would', async () => {
    const { step } = bodyByHand();
    const result = failureOf(fakeStream(step, { timeoutMs: 2_000 }).final());
    await turn();
    await jest.advanceTimersByTimeAsync(12_000);
    expect(await result).toMatchObject({
      code: 'CLIENT_TIMEOUT',
      message: 'The beginning of POST /v1/executions:stream was not over within 12000 ms.',
    });
  });

  it('end an answer that does not end after its last event', async () => {
    const { state, step, write } = bodyByHand();
    const stream = fakeStream(step);
    const result = stream.final();
    await turn();
    write(begun + done);
    expect(await result).toEqual(DONE);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(state.canceled).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});
