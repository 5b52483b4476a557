import { createHash } from 'node:crypto';
import { ASKING_WAYS } from './asking-ways.testkit.js';
import { complete, type Completion, type CompletionLimits } from '../calls/complete.js';
import {
  PARAM_NAMES,
  type ModelProvider,
  type ProviderError,
  type ProviderEvent,
  type ProviderMessage,
} from '../provider.contract.js';

/** The vendor as the tests see it: they control its behaviour and read what it was sent. */
export interface ProviderHarness {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Returns the adapter, ready to be called. */
  provider(): ModelProvider;
  /** The same adapter without its key; null if it needs none. */
  readonly unready: (() => { readonly provider: ModelProvider; readonly missing: string }) | null;
  /** Each makes the vendor behave in this way, and returns the name of the model to call. */
  readonly scenarios: {
    readonly answers: () => string;
    readonly status: (status: number, headers: Readonly<Record<string, string>>) => string;
    readonly hangsAtStart: () => string;
    /** Behaviours that require a vendor on a network. */
    readonly wire: WireScenarios | null;
  };
  /** The answer to `messages` under `answers`, as stored. */
  expectedAnswer(messages: readonly ProviderMessage[]): string;
  /** The attempt ids of all calls in the vendor's own log; null when it keeps none. */
  readonly sentAttemptIds: (() => readonly string[]) | null;
}

export interface WireScenarios {
  readonly hangsInBody: () => string;
  readonly cutsAtStart: () => string;
  readonly cutsInBody: () => string;
  /** Status 200 and a body that is not an answer. */
  readonly garbage: () => string;
  /** The answer in packets of this many bytes, which split characters. */
  readonly packets: (packetBytes: number) => string;
  /** Resolves once the vendor sees that the client has disconnected. */
  readonly abandoned: () => Promise<void>;
}

const LIMITS: CompletionLimits = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 512_000 };
/** Only for calls that never end by themselves. No assertion depends on its length. */
const SHORT_MS = 60;
const MESSAGES: readonly ProviderMessage[] = [
  { role: 'user', content: 'Grüße an 李雷 👋🏽,\r\nwith "quotes", \\ and {{braces}} ' },
];

/** Runs the contract tests of all providers against one adapter, with a fake vendor behind it. */
export function describeProvider(name: string, harness: ProviderHarness): void {
  describe(`provider ${name}`, () => {
    beforeAll(() => harness.start());
    afterAll(() => harness.stop());

    it('is ready when it is configured', () => {
      expect(harness.provider().readiness()).toEqual({ ready: true });
    });

    it('lists known params, each once', () => {
      const { supportedParams } = harness.provider();
      expect(new Set(supportedParams).size).toBe(supportedParams.length);
      expect(PARAM_NAMES).toEqual(expect.arrayContaining([...supportedParams]));
    });

    it('yields one start, perhaps who answers, deltas, and one end', async () => {
      const types = (await events(harness, requestOf(harness.scenarios.answers()))).map(({ type }) => type);
      const deltas = types.slice(types[1] === 'model' ? 2 : 1, -1);
      expect([types[0], types.at(-1)]).toEqual(['start', 'end']);
      expect(deltas.length).toBeGreaterThan(0);
      expect(new Set(deltas)).toEqual(new Set(['delta']));
    });

    it('gives the same answer both ways', async () => {
      const [inPieces, whole] = await Promise.all(
        ASKING_WAYS.map(async ([, onEvent]) => {
          const answered = complete(
            harness.provider(),
            requestOf(harness.scenarios.answers()),
            LIMITS,
            onEvent,
          );
          const { latencyMs, firstTokenMs, providerRequestId, usage, ...same } = await answered;
          const { raw, ...counts } = usage;
          expect([latencyMs >= 0, typeof providerRequestId, raw === undefined]).toEqual([
            true,
            'string',
            false,
          ]);
          return { ...same, ...counts, isStreamed: firstTokenMs !== null };
        }),
      );
      expect(whole).toEqual({ ...inPieces, isStreamed: false });
      expect(inPieces?.isStreamed).toBe(true);
    });

    const { unready } = harness;
    if (unready !== null) {
      it('names the variable that it lacks', () => {
        const { provider, missing } = unready();
        expect(provider.readiness()).toEqual({ ready: false, missing });
      });
    }

    for (const way of ASKING_WAYS) describeWay(harness, way);
  });
}

let attempts = 0;
const nextAttemptId = (): string => `attempt-${(attempts += 1)}`;

function requestOf(modelName: string, attemptId = nextAttemptId()) {
  return { modelName, messages: MESSAGES, params: {}, attemptId };
}

function describeWay(harness: ProviderHarness, [way, onEvent]: (typeof ASKING_WAYS)[number]): void {
  const isWhole = onEvent === undefined;
  const ask = (request: ReturnType<typeof requestOf>, limits: Partial<CompletionLimits> = {}) =>
    complete(harness.provider(), request, { ...LIMITS, ...limits }, onEvent);
  const call = (modelName: string, limits: Partial<CompletionLimits> = {}): Promise<Completion> =>
    ask(requestOf(modelName), limits);
  const failure = async (modelName: string, limits: Partial<CompletionLimits> = {}): Promise<ProviderError> =>
    (await call(modelName, limits).then(
      () => Promise.reject(new Error('the call succeeded')),
      (error: unknown) => error,
    )) as ProviderError;

  describe(`asked for an answer ${way}`, () => {
    it('gives it unchanged, with a reason for its end and counts that are numbers or null', async () => {
      const completion = await call(harness.scenarios.answers());
      const { usage } = completion;
      expect(completion.text).toBe(harness.expectedAnswer(MESSAGES));
      expect(completion.finishReason).toEqual(expect.any(String));
      for (const count of [usage.promptTokens, usage.responseTokens]) {
        expect(count === null || (Number.isSafeInteger(count) && count > 0)).toBe(true);
      }
    });

    it('makes it storable: NUL and half a character are U+FFFD', async () => {
      const messages = [{ role: 'user' as const, content: 'a\0b 👋 \ud83d' }];
      const { text } = await ask({ ...requestOf(harness.scenarios.answers()), messages });
      expect(text).toBe(harness.expectedAnswer([{ role: 'user', content: 'a\ufffdb 👋 \ufffd' }]));
    });

    it('keeps the beginning of an answer that is too long, and measures and hashes all of it', async () => {
      const whole = harness.expectedAnswer(MESSAGES);
      const totalBytes = Buffer.byteLength(whole);
      const completion = await call(harness.scenarios.answers(), { maxResponseBytes: totalBytes - 1 });
      expect(completion).toMatchObject({
        truncated: true,
        totalBytes,
        sha256: createHash('sha256').update(whole).digest('hex'),
      });
      expect(whole.startsWith(completion.text)).toBe(true);
      expect(totalBytes - Buffer.byteLength(completion.text)).toBeLessThanOrEqual(4);
    });

    it('cuts off an answer that is sixteen times too long', async () => {
      const error = await failure(harness.scenarios.answers(), { maxResponseBytes: 2 });
      expect(error).toMatchObject({ kind: 'provider_error', status: null });
      expect(error.message).toContain('32 bytes');
    });

    it('keeps calls apart that run at once', async () => {
      const modelName = harness.scenarios.answers();
      const contents = Array.from({ length: 20 }, (_, index) => `question ${index}`);
      const completions = await Promise.all(
        contents.map((content) => {
          const messages = [{ role: 'user' as const, content }];
          return ask({ ...requestOf(modelName), messages });
        }),
      );
      const expected = contents.map((content) => harness.expectedAnswer([{ role: 'user', content }]));
      expect(completions.map(({ text }) => text)).toEqual(expected);
    });

    it.each([
      [400, 'provider_rejected'],
      [401, 'provider_rejected'],
      [404, 'provider_rejected'],
      [408, 'provider_error'],
      [422, 'provider_rejected'],
      [429, 'rate_limited'],
      [500, 'provider_error'],
      [503, 'provider_error'],
    ])('classes a %i as %s', async (status, kind) => {
      const error = await failure(harness.scenarios.status(status, {}));
      expect(error).toMatchObject({ name: 'ProviderError', kind, status });
      // Vendors do not bill refused requests.
      expect(error.answerBegan).not.toBe(true);
    });

    it('passes on how long the vendor asks to wait', async () => {
      const error = await failure(harness.scenarios.status(429, { 'retry-after': '1' }));
      expect(error).toMatchObject({ kind: 'rate_limited', retryAfterMs: 1000 });
    });

    it('ends at the deadline when the vendor never answers', async () => {
      const error = await failure(harness.scenarios.hangsAtStart(), { deadlineMs: SHORT_MS });
      expect(error).toMatchObject({ name: 'ProviderError', kind: 'timeout', status: null });
    });

    it('ends with the reason of the caller who gives up', async () => {
      const controller = new AbortController();
      const reason = new Error('nobody waits any more');
      const waiting = complete(
        harness.provider(),
        { ...requestOf(harness.scenarios.hangsAtStart()), signal: controller.signal },
        LIMITS,
        onEvent,
      );
      controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
    });

    const { sentAttemptIds } = harness;
    if (sentAttemptIds !== null) {
      it.each([200, 503])(
        'reaches the vendor once, under the id of the attempt, also at a %i',
        async (status) => {
          const { answers, status: fails } = harness.scenarios;
          const attemptId = nextAttemptId();
          const toSend = requestOf(status === 200 ? answers() : fails(status, {}), attemptId);
          await ask(toSend).catch(() => undefined);
          expect(sentAttemptIds().filter((id) => id === attemptId)).toEqual([attemptId]);
        },
      );
    }

    if (harness.scenarios.wire !== null)
      describeWire(harness, harness.scenarios.wire, isWhole, call, failure);
  });
}

function describeWire(
  harness: ProviderHarness,
  wire: WireScenarios,
  isWhole: boolean,
  call: (modelName: string) => Promise<Completion>,
  failure: (modelName: string, limits?: Partial<CompletionLimits>) => Promise<ProviderError>,
): void {
  it('puts characters together that arrive in pieces', async () => {
    const completion = await call(wire.packets(3));
    expect(completion.text).toBe(harness.expectedAnswer(MESSAGES));
  });

  it('ends when the vendor falls silent in the middle, and lets go of the connection', async () => {
    // Silence before a whole answer cannot be told from silence within it.
    const limits = isWhole ? { deadlineMs: SHORT_MS } : { idleTimeoutMs: SHORT_MS };
    const error = await failure(wire.hangsInBody(), limits);
    await wire.abandoned();
    expect(error).toMatchObject({ kind: 'timeout' });
  });

  it('tells a connection that breaks before the answer', async () => {
    expect(await failure(wire.cutsAtStart())).toMatchObject({ kind: 'connection', status: null });
  });

  it('tells a connection that breaks within the answer', async () => {
    expect(await failure(wire.cutsInBody())).toMatchObject({ kind: 'connection', status: null });
  });

  it('tells an answer that makes no sense, without quoting it', async () => {
    const error = await failure(wire.garbage());
    expect(error.kind).toBe('provider_error');
    expect(error.message).not.toContain('garbage');
  });
}

async function events(
  harness: ProviderHarness,
  request: Omit<Parameters<ModelProvider['stream']>[0], 'signal'>,
): Promise<ProviderEvent[]> {
  const signal = new AbortController().signal;
  const seen: ProviderEvent[] = [];
  for await (const event of harness.provider().stream({ ...request, signal })) seen.push(event);
  return seen;
}
