import { complete, type Completion } from './complete.js';
import type { ProviderEnd, ProviderEvent } from '../provider.contract.js';

const END: ProviderEnd = {
  type: 'end',
  finishReason: 'tool_calls',
  usage: { promptTokens: null, responseTokens: null, raw: null },
  servedModelName: null,
};
const call = (index: number, text: string, head: { id?: string; name?: string } = {}): ProviderEvent => ({
  type: 'tool_call',
  index,
  ...head,
  arguments: text,
});

function run(events: Iterable<ProviderEvent>, maxResponseBytes = 100): Promise<Completion> {
  const stream = async function* () {
    yield* events;
  };
  return complete(
    { supportedParams: [], readiness: () => ({ ready: true }), stream },
    { modelName: 'm', messages: [], params: {}, attemptId: 'a-1' },
    { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes },
  );
}

describe('the calls of tools of a completion', () => {
  it('are put together by their index, in its order', async () => {
    const completion = await run([
      call(1, '{"city"', { id: 'b', name: 'weather' }),
      call(0, '', { id: 'a', name: 'time' }),
      call(1, ':"Oslo"}'),
      call(0, '{}'),
      END,
    ]);
    expect(completion).toMatchObject({
      text: '',
      toolCalls: [
        { id: 'a', name: 'time', arguments: '{}' },
        { id: 'b', name: 'weather', arguments: '{"city":"Oslo"}' },
      ],
      finishReason: 'tool_calls',
    });
  });

  it('have ids made up by their index where the vendor has none', async () => {
    const { toolCalls } = await run([call(0, '', { name: 'x' }), call(1, '', { id: '', name: 'y' }), END]);
    expect(toolCalls.map(({ id }) => id)).toEqual(['call_0', 'call_1']);
  });

  it('take a name that comes later, and keep the first one', async () => {
    const { toolCalls } = await run([
      call(0, '{'),
      call(0, '}', { name: 'x' }),
      call(0, '', { name: 'y' }),
      END,
    ]);
    expect(toolCalls).toEqual([{ id: 'call_0', name: 'x', arguments: '{}' }]);
  });

  it('hold what every database can hold', async () => {
    const { toolCalls } = await run([call(0, '"\ud83d', { name: 'a\0' }), call(0, '\udc4b\0\ud83d'), END]);
    expect(toolCalls).toEqual([{ id: 'call_0', name: 'a\ufffd', arguments: '"👋\ufffd\ufffd' }]);
  });

  it.each<[string, ProviderEvent]>([
    ['no name', call(0, '{}')],
    ['a negative index', call(-1, '{}', { name: 'x' })],
    ['an index that is none', call('0' as unknown as number, '{}', { name: 'x' })],
    ['arguments that are no text', call(0, {} as string, { name: 'x' })],
  ])('fail the completion with %s', async (_what, event) => {
    await expect(run([event, END])).rejects.toMatchObject({ name: 'ProviderError', kind: 'provider_error' });
  });

  it('are kept whole beyond the limit of the text', async () => {
    const { toolCalls, truncated } = await run([call(0, 'x'.repeat(1000), { name: 'x' }), END]);
    expect(toolCalls[0]?.arguments).toHaveLength(1000);
    expect(truncated).toBe(false);
  });

  it.each<[string, Iterable<ProviderEvent>]>([
    ['arguments', endless(() => call(0, 'x'.repeat(100), { name: 'x' }))],
    ['calls', endless((index) => call(index, '', { name: 'x' }))],
    [
      'text and arguments',
      endless((i) => (i % 2 ? call(0, 'xx', { name: 'x' }) : { type: 'delta', text: 'x' })),
    ],
  ])('stop an answer of endless %s', async (_what, events) => {
    await expect(run(events)).rejects.toMatchObject({
      kind: 'provider_error',
      message: expect.stringContaining('1600 bytes') as string,
    });
  });
});

describe('the further facts of a completion', () => {
  it('tell the refusal apart, which is the text, too', async () => {
    const refusals: ProviderEvent[] = [
      { type: 'delta', text: 'I cannot \ud83d', refusal: true },
      { type: 'delta', text: '\ude45', refusal: true },
    ];
    expect(await run([...refusals, END])).toMatchObject({ text: 'I cannot 🙅', refusal: 'I cannot 🙅' });
    expect(await run([{ type: 'delta', text: 'Hi' }, END])).toMatchObject({ text: 'Hi', refusal: null });
  });

  it('have no time of a first token when none came', async () => {
    expect(await run([{ type: 'delta', text: '' }, END])).toMatchObject({ firstTokenMs: null });
  });

  it('keep extras as they are', async () => {
    const extras = { system_fingerprint: 'fp_1', service_tier: null };
    expect((await run([{ ...END, extras }])).extras).toEqual(extras);
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['an empty object', {}],
    ['a list', [1]],
    ['a text', 'fp_1'],
    ['what is far too long', { text: 'x'.repeat(5000) }],
    ['what no JSON column holds', { text: 'a\0b' }],
    ['half a character', { text: '\ud83d' }],
    ['what is no JSON', { count: 1n }],
  ])('take %s for no extras', async (_what, extras) => {
    const { extras: kept } = await run([{ ...END, extras } as ProviderEvent]);
    expect(kept).toBeNull();
  });
});

function* endless(event: (index: number) => ProviderEvent): Generator<ProviderEvent> {
  for (let index = 0; ; index += 1) yield event(index);
}
