import fc from 'fast-check';
import { priceAt, type NewPrice } from '../../../src/modules/models/prices/price-records.js';
import { PricesRepository } from '../../../src/modules/models/prices/prices.repository.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const DAY_MS = 86_400_000;
const day = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * DAY_MS);

function price(modelName: string, from: number, to: number | null = null): NewPrice {
  return {
    provider: 'openai',
    modelName,
    inputMicrosPerMtok: 150_000n,
    cachedInputMicrosPerMtok: null,
    outputMicrosPerMtok: 2_000_000_000n,
    maxPromptTokens: null,
    validFrom: day(from),
    validTo: to === null ? null : day(to),
    source: 'a test',
  };
}

describe('PricesRepository', () => {
  let context: LedgerContext;
  let repository: PricesRepository;

  beforeAll(async () => {
    context = await openLedgerContext();
    repository = new PricesRepository(context.scope);
  });
  afterAll(() => context.close());

  const insert = (...prices: readonly NewPrice[]) =>
    context.scope.transaction(context.projectId, (tx) =>
      repository.insert(tx, context.projectId, prices, 'admin'),
    );
  const list = (filter: Parameters<PricesRepository['list']>[2]) =>
    context.scope.transaction(context.projectId, (tx) => repository.list(tx, context.projectId, filter));

  it('keeps figures as they were given', async () => {
    const given = { ...price('kept', 1, 2), cachedInputMicrosPerMtok: 0n, maxPromptTokens: 7 };
    const [added] = await insert(given);
    expect(added).toMatchObject({ ...given, createdBy: 'admin' });
    expect((await repository.findTerms(context.projectId, 'openai', 'kept')).prices).toEqual([added]);
    expect((await repository.findTerms(context.otherProjectId, 'openai', 'kept')).prices).toEqual([]);
  });

  it('has one price of a model from one time on, however many try', async () => {
    const tries = await Promise.all(Array.from({ length: 8 }, () => insert(price('contested', 1))));
    expect(tries.flat()).toHaveLength(1);
    expect(await insert(price('contested', 1), price('contested', 2))).toHaveLength(1);
  });

  it('lists at a time the very price that the code would choose', async () => {
    let run = 0;
    const span = fc.tuple(fc.nat(12), fc.option(fc.integer({ min: 1, max: 8 })));
    const spans = fc.uniqueArray(span, { maxLength: 6, selector: ([from]) => from });
    await fc.assert(
      fc.asyncProperty(spans, async (given) => {
        run += 1;
        const modelName = `property-${run}`;
        const prices = given.map(([from, length]) =>
          price(modelName, from, length === null ? null : from + length),
        );
        await insert(...prices);
        for (let at = 0; at <= 21; at += 1) {
          const found = await list({ modelName, at: day(at) });
          expect(found.map(({ validFrom }) => validFrom)).toEqual(
            [priceAt(prices, day(at))].flatMap((one) => (one === null ? [] : [one.validFrom])),
          );
        }
      }),
      { numRuns: 25 },
    );
  });

  it('adds to models that never had a price, and to no others', async () => {
    const seed = (...prices: readonly NewPrice[]) =>
      context.scope.transaction(context.projectId, (tx) =>
        repository.insertForUnpriced(tx, context.projectId, prices, 'catalogue'),
      );
    const [known, deleted] = await insert(price('known', 1, 2), price('deleted', 1));
    await context.scope.transaction(context.projectId, (tx) =>
      repository.delete(tx, context.projectId, deleted?.priceId ?? ''),
    );
    const added = await seed(price('known', 5), price('deleted', 5), price('fresh', 5, 6), price('fresh', 6));
    expect(known).toBeDefined();
    expect(added.map(({ modelName }) => modelName)).toEqual(['fresh', 'fresh']);
    expect(await seed(price('fresh', 7))).toEqual([]);
  });

  it('keeps the row of a price that was taken off the list', async () => {
    const [taken] = await insert(price('taken back', 1));
    const id = taken?.priceId ?? '';
    const remove = () =>
      context.scope.transaction(context.projectId, (tx) => repository.delete(tx, context.projectId, id));
    expect(await remove()).toMatchObject({ priceId: id });
    expect(await remove()).toBeNull();
    expect(await list({ modelName: 'taken back' })).toEqual([]);
    expect((await repository.findTerms(context.projectId, 'openai', 'taken back')).prices).toEqual([]);
    const { rowCount } = await context.owner.query('SELECT FROM model_prices WHERE price_id = $1', [id]);
    expect(rowCount).toBe(1);
    expect(await insert(price('taken back', 1))).toHaveLength(1);
  });
});
