import { Clock } from '../../../kernel/index.js';
import { PriceReads } from './price-reads.js';
import type { PriceRecord } from './price-records.js';
import type { PricesRepository, StoredTerms } from './prices.repository.js';

const NOW = new Date('2026-11-01T00:00:00Z');

class ManualClock extends Clock {
  nowMs = 0;

  monotonicMs(): number {
    return this.nowMs;
  }
}

/** One price per model, by `project/provider/model`, and a count of lookups. */
class StoredPrices {
  readonly stored = new Map<string, bigint>();
  looks = 0;
  /** Lookups wait for it. */
  gate: Promise<void> = Promise.resolve();

  async findTerms(projectId: string, provider: string, modelName: string): Promise<StoredTerms> {
    this.looks += 1;
    const input = this.stored.get(`${projectId}/${provider}/${modelName}`);
    await this.gate;
    const price = { inputMicrosPerMtok: input, validFrom: NOW, validTo: null } as PriceRecord;
    return { maxTokens: null, prices: input === undefined ? [] : [price] };
  }
}

describe('PriceReads', () => {
  let clock: ManualClock;
  let prices: StoredPrices;
  let reads: PriceReads;
  const find = async (model = 'm', project = 'p', at = NOW) =>
    (await reads.findTerms(project, 'openai', model, at)).price?.inputMicrosPerMtok ?? null;

  beforeEach(() => {
    clock = new ManualClock();
    prices = new StoredPrices();
    reads = new PriceReads(prices as unknown as PricesRepository, clock);
    prices.stored.set('p/openai/m', 1n);
  });

  it('asks once for many calls, for what is not there too', async () => {
    for (let call = 0; call < 5; call += 1) {
      expect(await find()).toBe(1n);
      expect(await find('unknown')).toBeNull();
    }
    expect(prices.looks).toBe(2);
  });

  it('judges by the time that is asked about, not by the time of the look', async () => {
    expect(await find()).toBe(1n);
    expect(await find('m', 'p', new Date(NOW.getTime() - 1))).toBeNull();
    expect(prices.looks).toBe(1);
  });

  it('keeps projects apart', async () => {
    prices.stored.set('q/openai/m', 2n);
    expect(await find()).toBe(1n);
    expect(await find('m', 'q')).toBe(2n);
  });

  it('hears of what another process wrote within five seconds', async () => {
    await find();
    prices.stored.set('p/openai/m', 2n);
    clock.nowMs = 3999;
    expect(await find()).toBe(1n);
    clock.nowMs = 5000;
    expect(await find()).toBe(2n);
  });

  it('sees what this process wrote at once', async () => {
    await find();
    prices.stored.set('p/openai/m', 2n);
    reads.forget();
    expect(await find()).toBe(2n);
  });

  it('keeps nothing that was read while somebody wrote', async () => {
    let open = (): void => undefined;
    prices.gate = new Promise((resolve) => (open = resolve));
    const slow = find();
    prices.stored.set('p/openai/m', 2n);
    reads.forget();
    open();
    expect(await slow).toBe(1n);
    expect(await find()).toBe(2n);
  });
});
