import { toUSVString } from 'node:util';
import fc from 'fast-check';
import {
  complete,
  type Completion,
  type CompletionLimits,
  type CompletionObserver,
  type PartialCompletion,
} from './complete.js';
import type { ModelProvider, ProviderEnd, ProviderEvent } from '../provider.contract.js';

const LIMITS: CompletionLimits = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 100_000 };
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

interface Run {
  readonly limits?: Partial<CompletionLimits>;
  readonly onEvent?: CompletionObserver;
  readonly partial?: PartialCompletion;
  readonly signal?: AbortSignal;
}

function run(
  stream: ModelProvider['stream'],
  { limits = {}, onEvent, partial, signal }: Run = {},
): Promise<Completion> {
  const provider: ModelProvider = { supportedParams: [], readiness: () => ({ ready: true }), stream };
  const request = signal === undefined ? REQUEST : { ...REQUEST, signal };
  return complete(provider, request, { ...LIMITS, ...limits }, onEvent, partial);
}

function streamOf(...events: ProviderEvent[]): ModelProvider['stream'] {
  return async function* () {
    yield* events;
  };
}

describe('the observer of complete', () => {
  it('is given each piece before the next event is read', async () => {
    const order: string[] = [];
    const stream = async function* () {
      for (const text of ['a', 'b']) {
        order.push(`sent ${text}`);
        yield delta(text);
      }
      yield END;
    };
    await run(stream, {
      onEvent: async (event) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(`read ${event.type === 'delta' ? event.text : ''}`);
      },
    });
    expect(order).toEqual(['sent a', 'read a', 'sent b', 'read b']);
  });

  it('sees whole characters that add up to what is stored, however they are cut', async () => {
    const half = fc.constantFrom('\ud83d', '\udc4b', '\0', 'é', 'x');
    const deltas = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: half })));
    await fc.assert(
      fc.asyncProperty(deltas, async (texts) => {
        const seen: string[] = [];
        const onEvent: CompletionObserver = (event) => {
          if (event.type === 'delta') seen.push(event.text);
        };
        const { text } = await run(streamOf(START, ...texts.map(delta), END), { onEvent });
        expect(seen.join('')).toBe(text);
        expect(
          seen.every((piece) => piece !== '' && toUSVString(piece) === piece && !piece.includes('\0')),
        ).toBe(true);
      }),
    );
  });

  it('does not let its slowness pass for silence of the provider', async () => {
    const running = run(streamOf(START, delta('a'), delta('b'), END), {
      limits: { idleTimeoutMs: 20 },
      onEvent: () => new Promise((resolve) => setTimeout(resolve, 60)),
    });
    await expect(running).resolves.toMatchObject({ text: 'ab' });
  });

  it('leaves the idle timeout as it was behind it', async () => {
    const stream = async function* () {
      yield delta('a');
      await never();
    };
    const running = run(stream, {
      limits: { idleTimeoutMs: 20 },
      onEvent: () => new Promise((resolve) => setTimeout(resolve, 60)),
    });
    await expect(running).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('silent'),
    });
  });

  it('is waited for no longer than the deadline', async () => {
    const running = run(streamOf(delta('a'), END), { limits: { deadlineMs: 20 }, onEvent: never });
    await expect(running).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('is waited for no longer than the caller', async () => {
    const controller = new AbortController();
    const reason = new Error('gone');
    const running = run(streamOf(delta('a'), END), {
      signal: controller.signal,
      onEvent: () => {
        controller.abort(reason);
        return never();
      },
    });
    await expect(running).rejects.toBe(reason);
  });

  it.each<[string, (error: Error) => CompletionObserver]>([
    [
      'throws',
      (error) => () => {
        throw error;
      },
    ],
    ['rejects', (error) => () => Promise.reject(error)],
  ])('ends the call with what it %s', async (_what, observerOf) => {
    const error = new Error('the reader has gone');
    let reasonSeen: unknown;
    const stream: ModelProvider['stream'] = async function* ({ signal }) {
      signal.addEventListener('abort', () => (reasonSeen = signal.reason));
      yield delta('a');
      yield END;
    };
    await expect(run(stream, { onEvent: observerOf(error) })).rejects.toBe(error);
    expect(reasonSeen).toBe(error);
  });

  it('is told of calls of tools as they come, each under an id', async () => {
    const seen: unknown[] = [];
    await run(
      streamOf(
        { type: 'tool_call', index: 0, name: 'search', arguments: '' },
        { type: 'tool_call', index: 0, arguments: '{"q":"\ud83d' },
        { type: 'tool_call', index: 1, id: 'x1', name: 'open', arguments: '{}' },
        { type: 'tool_call', index: 0, arguments: '\udc4b"}' },
        { type: 'tool_call', index: 1, arguments: '' },
        { type: 'tool_call', index: 1, arguments: '\ud83d' },
        END,
      ),
      { onEvent: (event) => void seen.push(event) },
    );
    expect(seen).toEqual([
      { type: 'tool_call', index: 0, id: 'call_0', name: 'search', arguments: '' },
      { type: 'tool_call', index: 0, arguments: '{"q":"' },
      { type: 'tool_call', index: 1, id: 'x1', name: 'open', arguments: '{}' },
      { type: 'tool_call', index: 0, arguments: '👋"}' },
      { type: 'tool_call', index: 1, arguments: '\ufffd' },
    ]);
  });
});

describe('what complete leaves of a call that failed', () => {
  const failing = (...events: ProviderEvent[]): ModelProvider['stream'] =>
    async function* () {
      yield* events;
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    };

  it('is the text that had come, without half a character that nobody was given', async () => {
    const partial: PartialCompletion = { collected: null, firstTokenMs: null };
    let seen = '';
    const running = run(failing(START, delta('Once up'), delta('on 👋\ud83d')), {
      partial,
      onEvent: (event) => void (seen += event.type === 'delta' ? event.text : ''),
    });
    await expect(running).rejects.toMatchObject({ kind: 'connection', providerRequestId: 'req-1' });
    expect(partial).toMatchObject({
      collected: expect.objectContaining({ text: 'Once upon 👋', truncated: false, totalBytes: 14 }),
      firstTokenMs: expect.any(Number) as number,
      answerBegan: true,
    });
    expect(seen).toBe('Once upon 👋');
  });

  it('is there after an abort, too', async () => {
    const partial: PartialCompletion = { collected: null, firstTokenMs: null };
    const controller = new AbortController();
    const running = run(streamOf(delta('half'), END), {
      partial,
      signal: controller.signal,
      onEvent: () => controller.abort(new Error('gone')),
    });
    await expect(running).rejects.toThrow('gone');
    expect(partial.collected?.text).toBe('half');
  });

  it('is nothing of an answer that was begun without a word', async () => {
    const partial: PartialCompletion = { collected: null, firstTokenMs: null };
    await expect(run(failing(START, delta('')), { partial })).rejects.toMatchObject({ kind: 'connection' });
    expect(partial).toMatchObject({ collected: null, firstTokenMs: null, answerBegan: true });
  });

  it('is the whole answer of a call that did not fail', async () => {
    const partial: PartialCompletion = { collected: null, firstTokenMs: null };
    await run(streamOf(delta('all'), END), { partial });
    expect(partial.collected?.text).toBe('all');
  });
});
