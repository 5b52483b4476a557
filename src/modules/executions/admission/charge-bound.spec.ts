import fc from 'fast-check';
import { costPicoUsd } from '../../../kernel/index.js';
import type { PriceRecord } from '../../models/index.js';
import type { ModelProvider, ProviderMaxTokens, ProviderMessage } from '../../providers/index.js';
import { boundCharge, type ChargedRequest, countMessageBytes } from './charge-bound.js';
import type { Target } from './execution-targets.js';

const price = (figures: Partial<PriceRecord> = {}): PriceRecord => ({
  priceId: 'p',
  provider: 'v',
  modelName: 'm',
  inputMicrosPerMtok: 3n,
  cachedInputMicrosPerMtok: null,
  outputMicrosPerMtok: 5n,
  maxPromptTokens: null,
  validFrom: new Date(0),
  validTo: null,
  source: null,
  createdAt: new Date(0),
  createdBy: null,
  ...figures,
});

const target = (more: Partial<Target> = {}): Target => ({
  modelId: 'id',
  provider: 'v',
  modelName: 'm',
  price: price(),
  maxTokens: 100,
  ...more,
});

/** Returns an adapter that states the given bounds, or none at all. */
const adapter = (known?: ProviderMaxTokens): ModelProvider =>
  ({ ...(known === undefined ? {} : { maxTokens: () => known }) }) as unknown as ModelProvider;
const unknowing = () => adapter();

const user = (content: string): ProviderMessage[] => [{ role: 'user', content }];
const request = (more: Partial<ChargedRequest> = {}): ChargedRequest => ({
  messages: user('Hello'),
  params: {},
  ...more,
});
const targetsOf = (...targets: [Target, ...Target[]]) => targets;

const micros = fc.bigInt({ min: 0n, max: 2_000_000_000n });
const priced = fc
  .record({
    inputMicrosPerMtok: micros,
    cachedInputMicrosPerMtok: fc.option(micros),
    outputMicrosPerMtok: micros,
    maxPromptTokens: fc.constant(null),
  })
  .map(price);
const counts = fc.record({ promptTokens: fc.nat(1_000_000), responseTokens: fc.nat(1_000_000) });
/** A priced model with the most tokens that its adapter says a call is billed for. */
const routed = fc.array(fc.tuple(priced, counts), { minLength: 1, maxLength: 5 });

describe('what a call may cost', () => {
  it('is never less than what a call to any model of the route does', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(routed, fc.nat(4), share, share, share, (route, which, prompt, cached, response) => {
        const targets = route.map(([each], index) => target({ modelName: String(index), price: each }));
        const bound = boundCharge(targets as [Target, ...Target[]], request(), ({ modelName }) =>
          adapter(route[Number(modelName)]?.[1]),
        );
        const [called, most] = route[which % route.length] as (typeof route)[number];
        const promptTokens = Math.floor(most.promptTokens * prompt);
        const usage = {
          promptTokens,
          cachedPromptTokens: Math.floor(promptTokens * cached),
          responseTokens: Math.floor(most.responseTokens * response),
        };
        const held =
          (bound.inputPicoUsd ?? -1n) + (bound.outputPicoUsd ?? -1n) * BigInt(bound.responseTokens ?? -1);
        expect(held).toBeGreaterThanOrEqual(costPicoUsd(usage, called) ?? 0n);
      }),
    );
  });

  it('is exactly the cost where there is one model, whose adapter counts', () => {
    fc.assert(
      fc.property(priced, counts, (each, known) => {
        const { inputPicoUsd, outputPicoUsd, responseTokens } = boundCharge(
          targetsOf(target({ price: { ...each, cachedInputMicrosPerMtok: null } })),
          request(),
          () => adapter(known),
        );
        expect(responseTokens).toBe(known.responseTokens);
        expect((inputPicoUsd ?? -1n) + (outputPicoUsd ?? -1n) * BigInt(known.responseTokens)).toBe(
          costPicoUsd({ ...known, cachedPromptTokens: null }, each),
        );
      }),
    );
  });

  it('takes each part from the model where it is worst', () => {
    const bound = boundCharge(
      targetsOf(
        target({ price: price({ inputMicrosPerMtok: 9n, outputMicrosPerMtok: 1n }), maxTokens: 10 }),
        target({ price: price({ inputMicrosPerMtok: 1n, outputMicrosPerMtok: 7n }), maxTokens: 30 }),
      ),
      request(),
      () => adapter({ promptTokens: 4, responseTokens: null }),
    );
    expect(bound).toEqual({ inputPicoUsd: 36n, outputPicoUsd: 7n, responseTokens: 30 });
  });

  it('counts the prompt at what its cached tokens cost, where that is more', () => {
    const dear = target({ price: price({ inputMicrosPerMtok: 2n, cachedInputMicrosPerMtok: 6n }) });
    const bound = boundCharge(targetsOf(dear), request(), () =>
      adapter({ promptTokens: 5, responseTokens: 1 }),
    );
    expect(bound.inputPicoUsd).toBe(30n);
  });
});

describe('the prompt', () => {
  const tokensOf = (asked: ChargedRequest): number => {
    const free = target({ price: price({ inputMicrosPerMtok: 1n }) });
    return Number(boundCharge(targetsOf(free), asked, unknowing).inputPicoUsd);
  };

  it('has no more tokens than bytes, and some around each message', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 8 }), (texts) => {
        const messages = texts.map((content) => ({ role: 'user' as const, content }));
        const sizeBytes = Buffer.byteLength(texts.join(''));
        expect(tokensOf(request({ messages }))).toBeGreaterThanOrEqual(sizeBytes + 8 * (texts.length + 1));
      }),
    );
  });

  it('counts characters by their bytes', () => {
    const plain = tokensOf(request({ messages: user('aaaa') }));
    expect(tokensOf(request({ messages: user('👋') }))).toBe(plain);
    expect(tokensOf(request({ messages: user('aaaaa') }))).toBe(plain + 1);
  });

  it('counts tools, calls of tools and the format of the answer', () => {
    const plain = tokensOf(request());
    const description = 'x'.repeat(500);
    const tools = [{ name: 'search', description }];
    expect(tokensOf(request({ tools }))).toBeGreaterThan(plain + 500);
    const toolCalls = [{ id: 'c', name: 'search', arguments: description }];
    const messages: ProviderMessage[] = [{ role: 'assistant', content: 'Hello', toolCalls }];
    expect(tokensOf(request({ messages }))).toBeGreaterThan(plain + 500);
    const responseFormat = { type: 'json_schema' as const, name: 'a', schema: { description } };
    expect(tokensOf(request({ responseFormat }))).toBeGreaterThan(plain + 500);
  });

  it('counts each byte of tools and format, and some around each tool', () => {
    const described = (description: string) => tokensOf(request({ tools: [{ name: 'a', description }] }));
    expect(described('x'.repeat(500))).toBe(described('') + 500);
    const formatted = (description: string) =>
      tokensOf(request({ responseFormat: { type: 'json_schema', name: 'a', schema: { description } } }));
    expect(formatted('x'.repeat(500))).toBe(formatted('') + 500);
    const one = tokensOf(request({ tools: [{ name: 'a' }] }));
    expect(tokensOf(request({ tools: [{ name: 'a' }, { name: 'b' }] }))).toBe(
      one + ',{"name":"b"}'.length + 16,
    );
  });

  it('is nothing but its messages, and some around each and all of them, where there is nothing else', () => {
    expect(tokensOf(request())).toBe('Hello'.length + 2 * 16);
  });

  it('leaves room for what a vendor says to a model that has tools', () => {
    // Anthropic's page "Tool use" names up to 530 tokens for its own instructions, however small the tools are.
    expect(tokensOf(request({ tools: [{ name: 'a' }] }))).toBeGreaterThan(tokensOf(request()) + 530);
    const responseFormat = { type: 'json_schema' as const, name: 'a', schema: {} };
    expect(tokensOf(request({ responseFormat }))).toBeGreaterThan(tokensOf(request()) + 530);
  });

  it('is counted by the adapter where that knows better', () => {
    const bound = boundCharge(targetsOf(target()), request(), () =>
      adapter({ promptTokens: 7, responseTokens: 2 }),
    );
    expect(bound).toEqual({ inputPicoUsd: 21n, outputPicoUsd: 5n, responseTokens: 2 });
  });

  it('is counted by an adapter that is told the whole request, and which model it is for', () => {
    const counting = {
      maxTokens: (asked: ChargedRequest & { modelName: string }) => ({
        promptTokens: asked.messages.length * 10 + asked.modelName.length,
        responseTokens: 1,
      }),
    } as unknown as ModelProvider;
    const bound = boundCharge(targetsOf(target({ modelName: 'abc' })), request(), () => counting);
    expect(bound.inputPicoUsd).toBe(13n * 3n);
  });

  it('has no price when it may be longer than the price holds for', () => {
    const tokens = tokensOf(request());
    const held = (maxPromptTokens: number) =>
      boundCharge(targetsOf(target({ price: price({ maxPromptTokens }) })), request(), unknowing);
    expect(held(tokens)).toMatchObject({ inputPicoUsd: BigInt(tokens) * 3n, outputPicoUsd: 5n });
    expect(held(tokens - 1)).toEqual({ inputPicoUsd: null, outputPicoUsd: null, responseTokens: 100 });
  });
});

describe('the bytes of a message', () => {
  const toolCalls = [
    { id: 'c-1', name: 'search', arguments: '{}' },
    { id: 'c-2', name: 'find', arguments: '{}' },
  ];

  it.each<[string, ProviderMessage, number]>([
    ['its content', { role: 'user', content: 'Hello' }, 5],
    ['nothing for no calls', { role: 'assistant', content: 'Hello', toolCalls: [] }, 5],
    [
      'its calls, and their names once more',
      { role: 'assistant', content: 'Hello', toolCalls },
      5 + JSON.stringify(toolCalls).length + 'search'.length + 'find'.length,
    ],
    [
      'the id of the call that it answers twice',
      { role: 'tool', content: 'Hello', toolCallId: 'c-1' },
      5 + 2 * 3,
    ],
    [
      'what is for one vendor alone',
      { role: 'user', content: 'Hello', vendorMembers: { cache: true } },
      5 + '{"cache":true}'.length,
    ],
  ])('are %s', (_what, message, sizeBytes) => {
    expect(countMessageBytes(message)).toBe(sizeBytes);
  });
});

describe('the answer', () => {
  it.each<[string, number | undefined, number | null, number | null]>([
    ['what was asked for', 10, 100, 10],
    ['what was asked for, where that is more than the model can: it is what is sent', 1000, 100, 1000],
    ['what the model can, where nobody asked', undefined, 100, 100],
    ['what was asked for, where nobody knows what the model can', 10, null, 10],
    ['not bounded, where neither is known', undefined, null, null],
  ])('has at most %s', (_what, asked, maxTokens, wanted) => {
    const params = asked === undefined ? {} : { max_new_tokens: asked };
    const bound = boundCharge(targetsOf(target({ maxTokens })), request({ params }), unknowing);
    expect(bound.responseTokens).toBe(wanted);
  });

  it('is not bounded when one model of the route does not bound it', () => {
    const route = targetsOf(target(), target({ maxTokens: null }), target());
    expect(boundCharge(route, request(), unknowing).responseTokens).toBeNull();
  });
});

it('nobody knows what a call may cost when one model of the route has no price', () => {
  for (const route of [
    targetsOf(target({ price: null }), target()),
    targetsOf(target(), target({ price: null })),
  ]) {
    expect(boundCharge(route, request(), unknowing)).toEqual({
      inputPicoUsd: null,
      outputPicoUsd: null,
      responseTokens: 100,
    });
  }
});
