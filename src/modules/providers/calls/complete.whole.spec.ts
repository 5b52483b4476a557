import fc from 'fast-check';
import { complete, type Completion, type CompletionLimits, type PartialCompletion } from './complete.js';
import {
  ProviderError,
  type ModelProvider,
  type ProviderAnswer,
  type ProviderEvent,
} from '../provider.contract.js';

const LIMITS: CompletionLimits = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 100 };
const REQUEST = { modelName: 'm', messages: [], params: {}, attemptId: 'a-1' } as const;
const USAGE = { promptTokens: 3, responseTokens: null, raw: { as: 'sent' } };
const ANSWER: ProviderAnswer = {
  providerRequestId: 'req-1',
  text: 'Hello',
  finishReason: 'stop',
  usage: USAGE,
  servedModelName: 'm-2026',
  extras: { system_fingerprint: 'fp_1' },
};

const never = (): Promise<never> => new Promise(() => undefined);

function providerOf(ask: NonNullable<ModelProvider['complete']>): ModelProvider {
  const stream = jest.fn(() => {
    throw new Error('nobody reads along');
  });
  return { supportedParams: [], readiness: () => ({ ready: true }), stream, complete: ask };
}

interface Run {
  readonly limits?: Partial<CompletionLimits>;
  readonly partial?: PartialCompletion;
  readonly signal?: AbortSignal;
}

function run(
  ask: NonNullable<ModelProvider['complete']>,
  { limits, partial, signal }: Run = {},
): Promise<Completion> {
  const request = signal === undefined ? REQUEST : { ...REQUEST, signal };
  return complete(providerOf(ask), request, { ...LIMITS, ...limits }, undefined, partial);
}

const answering = (changes: Partial<ProviderAnswer>) => () => Promise.resolve({ ...ANSWER, ...changes });
const failing = (error: unknown) => () => Promise.reject(error);

describe('complete without a reader', () => {
  it('asks a provider that can for a whole answer', async () => {
    const ask = jest.fn(answering({}));
    expect(await run(ask)).toMatchObject({
      text: 'Hello',
      refusal: null,
      toolCalls: [],
      finishReason: 'stop',
      usage: { promptTokens: 3, responseTokens: null, cachedPromptTokens: null },
      providerRequestId: 'req-1',
      servedModelName: 'm-2026',
      firstTokenMs: null,
      extras: { system_fingerprint: 'fp_1' },
    });
    expect(ask).toHaveBeenCalledTimes(1);
    expect(ask.mock.calls).toEqual([[expect.objectContaining({ ...REQUEST, maxAnswerBytes: 1600 })]]);
  });

  it('streams from the same provider when somebody reads along', async () => {
    const ask = jest.fn(answering({}));
    const provider: ModelProvider = {
      ...providerOf(ask),
      stream: async function* () {
        yield { ...ANSWER, type: 'end' };
      },
    };
    await complete(provider, REQUEST, LIMITS, () => undefined);
    expect(ask).not.toHaveBeenCalled();
  });

  it('makes of any answer what a stream of it makes', async () => {
    const odd = fc.constantFrom('\ud83d', '\udc4b', '\0', 'é', 'x');
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: odd }));
    const call = fc.record({ name: fc.string({ unit: odd, minLength: 1 }), arguments: text });
    const answers = fc.record({ text, isRefused: fc.boolean(), calls: fc.array(call, { maxLength: 3 }) });
    await fc.assert(
      fc.asyncProperty(answers, async ({ text: said, isRefused, calls }) => {
        const events: ProviderEvent[] = [
          { type: 'start', providerRequestId: 'req-1' },
          { type: 'delta', text: said, ...(isRefused ? { refusal: true } : {}) },
          ...calls.map((each, index): ProviderEvent => ({ type: 'tool_call', index, ...each })),
          { ...ANSWER, type: 'end' },
        ];
        const stream = async function* () {
          yield* events;
        };
        const streaming = { supportedParams: [], readiness: () => ({ ready: true }) as const, stream };
        const whole = run(answering({ text: said, refusal: isRefused ? said : null, toolCalls: calls }));
        const [first, second] = await Promise.all([complete(streaming, REQUEST, LIMITS), whole]);
        expect({ ...second, latencyMs: 0 }).toEqual({ ...first, latencyMs: 0 });
      }),
    );
  });

  it('counts calls of tools into the limit', async () => {
    const toolCalls = [{ name: 'find', arguments: 'x'.repeat(1600) }];
    await expect(run(answering({ toolCalls }))).rejects.toMatchObject({ kind: 'provider_error' });
  });

  it.each<[string, Partial<Record<keyof ProviderAnswer, unknown>>]>([
    ['without a text', { text: null }],
    ['with a refusal that is no text', { refusal: 7 }],
    ['with a call without a name', { toolCalls: [{ name: '', arguments: '{}' }] }],
    ['with arguments that are no text', { toolCalls: [{ name: 'find', arguments: {} }] }],
  ])('takes no answer %s', async (_what, changes) => {
    const running = run(answering(changes as Partial<ProviderAnswer>));
    await expect(running).rejects.toMatchObject({ kind: 'provider_error', providerRequestId: 'req-1' });
  });

  it('holds the deadline for an adapter that ignores its signal, and tells it to stop', async () => {
    let signal: AbortSignal | undefined;
    const running = run(
      (request) => {
        ({ signal } = request);
        return never();
      },
      { limits: { deadlineMs: 10 } },
    );
    await expect(running).rejects.toMatchObject({ kind: 'timeout' });
    expect(signal?.reason).toMatchObject({ kind: 'timeout' });
  });

  it('does not call at all when the deadline has passed, or the caller has given up', async () => {
    const ask = jest.fn(answering({}));
    await expect(run(ask, { limits: { deadlineMs: 0 } })).rejects.toMatchObject({ kind: 'timeout' });
    const reason = new Error('gone');
    await expect(run(ask, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(ask).not.toHaveBeenCalled();
  });

  it('ends with the reason of the caller who gives up', async () => {
    const controller = new AbortController();
    const reason = new Error('gone');
    const running = run(never, { signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it.each<[string, boolean, unknown]>([
    ['a status', false, new ProviderError('provider_error', 'no', { status: 500 })],
    ['a refusal', false, new ProviderError('provider_rejected', 'no', { status: 400 })],
    ['a request that was never sent', false, new ProviderError('provider_rejected', 'no')],
    ['a broken line', false, Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
    ['a body that is no JSON', true, new SyntaxError('Unexpected token')],
    ['an answer that makes no sense', true, new ProviderError('provider_error', 'no')],
    [
      'an error within the answer',
      true,
      new ProviderError('rate_limited', 'no', { status: 429, answerBegan: true }),
    ],
    ['what an adapter knows', false, new ProviderError('provider_error', 'no', { answerBegan: false })],
  ])('says after %s whether an answer had begun: %s', async (_what, answerBegan, error) => {
    const partial: PartialCompletion = { collected: null, firstTokenMs: null };
    await expect(run(failing(error), { partial })).rejects.toMatchObject({ name: 'ProviderError' });
    expect(partial).toMatchObject({ collected: null, firstTokenMs: null, answerBegan });
  });

  it('says that an answer had begun which is too long', async () => {
    const partial: PartialCompletion = { collected: null, firstTokenMs: null };
    const running = run(answering({ text: 'x'.repeat(1601) }), { partial });
    await expect(running).rejects.toMatchObject({ kind: 'provider_error', providerRequestId: 'req-1' });
    expect(partial.answerBegan).toBe(true);
  });
});
