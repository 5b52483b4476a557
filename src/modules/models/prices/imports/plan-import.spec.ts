import fc from 'fast-check';
import type { FilePrice } from './litellm-prices.js';
import { planImport } from './plan-import.js';
import { toModelKey, type NewPrice, priceAt, type PriceRecord } from '../price-records.js';

const BEGIN = { validFrom: new Date('2026-11-01T00:00:00Z'), source: 'a file' };
const BEFORE = new Date('2026-01-01T00:00:00Z');

function filePrice(modelName: string, input: number): FilePrice {
  return {
    provider: 'openai',
    modelName,
    inputMicrosPerMtok: BigInt(input),
    cachedInputMicrosPerMtok: null,
    outputMicrosPerMtok: 5n,
    maxPromptTokens: null,
  };
}

function record(price: FilePrice, validFrom = BEFORE): PriceRecord {
  const priceId = `id of ${price.modelName}`;
  return { ...price, priceId, validFrom, validTo: null, source: null, createdAt: BEFORE, createdBy: 'admin' };
}

const named = (price: FilePrice, name = price.modelName) => ({ name, price });

describe('the plan of an import', () => {
  it('adds what is new, leaves what is the same, and replaces what has changed', () => {
    const plan = planImport(
      [named(filePrice('new', 1)), named(filePrice('same', 2)), named(filePrice('dearer', 4))],
      [record(filePrice('same', 2)), record(filePrice('dearer', 3)), record(filePrice('not in the file', 9))],
      BEGIN,
    );
    expect(plan).toEqual({
      added: [{ ...filePrice('new', 1), ...BEGIN, validTo: null }],
      changed: [{ ...filePrice('dearer', 4), ...BEGIN, validTo: null }],
      ended: ['id of dearer'],
      unchanged: 1,
      skipped: [],
    });
  });

  it.each([
    ['input', { inputMicrosPerMtok: 7n }],
    ['cached input', { cachedInputMicrosPerMtok: 0n }],
    ['output', { outputMicrosPerMtok: 7n }],
    ['longest prompt', { maxPromptTokens: 7 }],
  ])('sees that the %s has changed', (_what, change) => {
    const plan = planImport([named({ ...filePrice('a', 1), ...change })], [record(filePrice('a', 1))], BEGIN);
    expect(plan.ended).toEqual(['id of a']);
  });

  it('takes the first of two entries of one model', () => {
    const plan = planImport([named(filePrice('a', 1)), named(filePrice('a', 2), 'openai/a')], [], BEGIN);
    expect(plan.added).toHaveLength(1);
    expect(plan.skipped).toEqual([{ name: 'openai/a', reason: 'is the same model as "a"' }]);
  });

  it('leaves a price alone that began at that very time', () => {
    const plan = planImport([named(filePrice('a', 2))], [record(filePrice('a', 1), BEGIN.validFrom)], BEGIN);
    expect(plan).toMatchObject({ added: [], changed: [], ended: [] });
    expect(plan.skipped).toEqual([{ name: 'a', reason: 'the model has another price from that very time' }]);
  });

  it('once carried out, plans nothing the second time, and the file is what counts', () => {
    const file = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(3)), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(file, file, (old, next) => {
        const list = next.map(([name, input]) => named(filePrice(name, input)));
        const inForce = old.map(([name, input]) => record(filePrice(name, input)));
        const plan = planImport(list, inForce, BEGIN);
        const after = carryOut(inForce, plan);
        const again = planImport(
          list,
          after.filter((price) => price.validTo === null),
          BEGIN,
        );
        expect(again).toMatchObject({
          added: [],
          changed: [],
          ended: [],
          unchanged: list.length,
          skipped: [],
        });
        for (const { price } of list) {
          const ofModel = after.filter((other) => toModelKey(other) === toModelKey(price));
          expect(priceAt(ofModel, BEGIN.validFrom)).toMatchObject(price);
        }
      }),
    );
  });
});

function carryOut(prices: readonly PriceRecord[], plan: ReturnType<typeof planImport>): PriceRecord[] {
  const begun = (price: NewPrice) => ({ ...record(price), ...price });
  return [
    ...prices.map((price) =>
      plan.ended.includes(price.priceId) ? { ...price, validTo: BEGIN.validFrom } : price,
    ),
    ...[...plan.added, ...plan.changed].map(begun),
  ];
}
