import { complete, type ModelObserver } from './complete.js';
import type { ProviderEvent } from '../provider.contract.js';

const LIMITS = { deadlineMs: 20_000, idleTimeoutMs: null, maxResponseBytes: 1000 };
const REQUEST = { modelName: 'm', messages: [], params: {}, attemptId: 'a-1' } as const;
const START: ProviderEvent = { type: 'start', providerRequestId: null };
const END: ProviderEvent = {
  type: 'end',
  finishReason: 'stop',
  usage: { promptTokens: null, responseTokens: null, raw: null },
  servedModelName: 'm-2026',
};

/** Collects the reports, each with the part of the answer before it. */
async function told(events: readonly unknown[]) {
  const seen: { model: Parameters<ModelObserver>[0]; after: string }[] = [];
  let text = '';
  const completion = await complete(
    {
      supportedParams: [],
      readiness: () => ({ ready: true }),
      stream: async function* () {
        for (const event of events) yield (await event) as ProviderEvent;
      },
    },
    REQUEST,
    LIMITS,
    (event) => void (text += event.type === 'delta' ? event.text : ''),
    undefined,
    (model) => void seen.push({ model, after: text }),
  );
  return { seen, completion };
}

const DELTA: ProviderEvent = { type: 'delta', text: 'Hello' };

describe('who answers', () => {
  it('is told before the first piece, with what else is known by then', async () => {
    const extras = { system_fingerprint: 'fp_1' };
    const model = { type: 'model', servedModelName: 'm-2026', extras };
    const { seen, completion } = await told([START, model, DELTA, END]);
    expect(seen).toEqual([{ model: { servedModelName: 'm-2026', extras }, after: '' }]);
    expect(completion).toMatchObject({ text: 'Hello', servedModelName: 'm-2026' });
  });

  it('is told by nobody where the vendor says it at the end alone', async () => {
    expect((await told([START, DELTA, END])).seen).toEqual([]);
  });

  it('is null, without extras, where an adapter says what makes no sense', async () => {
    const { seen } = await told([START, { type: 'model', servedModelName: 7, extras: 'none' }, DELTA, END]);
    expect(seen).toEqual([{ model: { servedModelName: null }, after: '' }]);
  });
});
