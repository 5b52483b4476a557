import { createHash } from 'node:crypto';
import { complete, type Completion, type CompletionLimits } from './complete.js';
import type { ModelProvider, ProviderEnd, ProviderEvent } from '../provider.contract.js';

const LIMITS: CompletionLimits = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 100 };
const REQUEST = { modelName: 'm', messages: [], params: {}, attemptId: 'a-1' } as const;
const START: ProviderEvent = { type: 'start', providerRequestId: 'req-1' };
const END: ProviderEnd = {
  type: 'end',
  finishReason: 'stop',
  usage: { promptTokens: 3, responseTokens: null, raw: null },
  servedModelName: null,
};

const delta = (text: string): ProviderEvent => ({ type: 'delta', text });
const never = (): Promise<never> => new Promise(() => undefined);

function providerOf(stream: ModelProvider['stream']): ModelProvider {
  return { supportedParams: [], readiness: () => ({ ready: true }), stream };
}

function run(stream: ModelProvider['stream'], limits: Partial<CompletionLimits> = {}): Promise<Completion> {
  return complete(providerOf(stream), REQUEST, { ...LIMITS, ...limits });
}

describe('complete', () => {
  it('puts the deltas together', async () => {
    const completion = await run(async function* () {
      yield* [START, delta('Hel'), delta('lo'), END];
    });
    expect(completion).toEqual({
      text: 'Hello',
      truncated: false,
      totalBytes: 5,
      sha256: createHash('sha256').update('Hello').digest('hex'),
      toolCalls: [],
      refusal: null,
      finishReason: 'stop',
      // Counts that the provider left out are unknown, not missing.
      usage: {
        promptTokens: 3,
        responseTokens: null,
        cachedPromptTokens: null,
        reasoningTokens: null,
        raw: null,
      },
      providerRequestId: 'req-1',
      servedModelName: null,
      // Without an observer there is no first token.
      firstTokenMs: null,
      latencyMs: expect.any(Number) as number,
      extras: null,
    });
  });

  it('passes over events that it does not know', async () => {
    const later = { type: 'citation', text: 'x' } as unknown as ProviderEvent;
    const { text } = await run(async function* () {
      yield* [START, later, delta('ok'), END];
    });
    expect(text).toBe('ok');
  });

  it('turns counts that are none into null', async () => {
    const raw = { as: 'sent' };
    const usage = { promptTokens: -1, responseTokens: 1.5, cachedPromptTokens: NaN, reasoningTokens: 2, raw };
    const completion = await run(async function* () {
      yield { ...END, usage };
    });
    expect(completion.usage).toEqual({
      promptTokens: null,
      responseTokens: null,
      cachedPromptTokens: null,
      reasoningTokens: 2,
      raw,
    });
  });

  it('fails a stream that stops without an end', async () => {
    const running = run(async function* () {
      yield* [START, delta('half')];
    });
    await expect(running).rejects.toMatchObject({ kind: 'connection', providerRequestId: 'req-1' });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['waits for ever', never],
    ['fails later', () => new Promise((_resolve, reject) => setTimeout(reject, 50))],
  ])('holds the deadline for an adapter that ignores its signal and %s', async (_what, wait) => {
    const running = run(
      async function* () {
        yield START;
        await wait();
      },
      { deadlineMs: 10 },
    );
    await expect(running).rejects.toMatchObject({ kind: 'timeout', status: null });
  });

  it('holds the deadline for an adapter that talks without end', async () => {
    const running = run(
      async function* () {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          yield delta('');
        }
      },
      { deadlineMs: 30 },
    );
    await expect(running).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('ends a silence that is too long, wherever it falls', async () => {
    const silent = (events: ProviderEvent[]) =>
      run(
        async function* () {
          yield* events;
          await never();
        },
        { idleTimeoutMs: 10 },
      );
    await expect(silent([])).rejects.toMatchObject({ kind: 'timeout' });
    await expect(silent([START, delta('x')])).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('does not take a slow answer for silence', async () => {
    jest.useFakeTimers();
    const running = run(
      async function* () {
        for (let count = 0; count < 10; count += 1) {
          await new Promise((resolve) => setTimeout(resolve, 900));
          yield delta('.');
        }
        yield END;
      },
      { idleTimeoutMs: 1000 },
    );
    await jest.advanceTimersByTimeAsync(9_000);
    jest.useRealTimers();
    await expect(running).resolves.toMatchObject({ text: '..........' });
  });

  it('does not call at all when the deadline has passed', async () => {
    const stream = jest.fn();
    await expect(run(stream, { deadlineMs: 0 })).rejects.toMatchObject({ kind: 'timeout' });
    expect(stream).not.toHaveBeenCalled();
  });

  it('does not call at all when the caller has given up', async () => {
    const stream = jest.fn();
    const reason = new Error('gone');
    const request = { ...REQUEST, signal: AbortSignal.abort(reason) };
    await expect(complete(providerOf(stream), request, LIMITS)).rejects.toBe(reason);
    expect(stream).not.toHaveBeenCalled();
  });

  it('takes a deadline of months', async () => {
    const running = run(
      async function* () {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield END;
      },
      { deadlineMs: 2 ** 40 },
    );
    await expect(running).resolves.toMatchObject({ text: '' });
  });

  it('tells the adapter to stop, and closes it', async () => {
    let signal: AbortSignal | undefined;
    const closed = new Promise<void>((resolve) => {
      const running = run(
        async function* (request) {
          ({ signal } = request);
          try {
            await new Promise((_resolve, reject) => request.signal.addEventListener('abort', reject));
          } finally {
            resolve();
          }
        },
        { deadlineMs: 10 },
      );
      running.catch(() => undefined);
    });
    await closed;
    expect(signal?.reason).toMatchObject({ kind: 'timeout' });
  });

  it('stops an answer that is far too long', async () => {
    let aborted = false;
    const running = run(async function* ({ signal }) {
      signal.addEventListener('abort', () => (aborted = true));
      for (;;) yield delta('x'.repeat(100));
    });
    await expect(running).rejects.toMatchObject({ kind: 'provider_error' });
    expect(aborted).toBe(true);
  });

  it.each<[string, string, unknown]>([
    ['provider_error', 'a syntax error', new SyntaxError('Unexpected token in "secret prompt"')],
    ['provider_error', 'a word', 'secret prompt'],
    ['connection', 'a broken socket', Object.assign(new Error('secret prompt'), { code: 'ECONNRESET' })],
  ])('makes a %s of %s, without repeating it', async (kind, _what, thrown) => {
    const running = run(async function* () {
      yield START;
      throw thrown;
    });
    const error: unknown = await running.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ProviderError', kind, providerRequestId: 'req-1' });
    expect(String(error)).not.toContain('secret prompt');
  });

  it('is not disturbed by an adapter whose clean-up fails', async () => {
    const iterator: AsyncIterator<ProviderEvent> = {
      next: () => Promise.resolve({ done: false, value: END }),
      return: () => {
        throw new Error('clean-up');
      },
    };
    await expect(run(() => ({ [Symbol.asyncIterator]: () => iterator }))).resolves.toMatchObject({
      text: '',
    });
  });
});
