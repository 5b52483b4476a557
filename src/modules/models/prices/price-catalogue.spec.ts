import { PRICE_CATALOGUE } from './price-catalogue.js';
import { toModelKey, priceAt } from './price-records.js';

const keys = [...new Set(PRICE_CATALOGUE.map(toModelKey))];
const ofModel = (key: string) => PRICE_CATALOGUE.filter((price) => toModelKey(price) === key);

describe('the catalogue of prices', () => {
  it('has a price of every vendor that there is an adapter for, and of hosted open models', () => {
    const providers = new Set(PRICE_CATALOGUE.map(({ provider }) => provider));
    expect([...providers].sort()).toEqual(['anthropic', 'google', 'groq', 'mistral', 'openai', 'together']);
  });

  it.each(keys)('says of %s when each figure was seen, and where', (key) => {
    for (const { source } of ofModel(key))
      expect(source).toMatch(/^[A-Z].* pricing page, as of 202\d-\d\d-\d\d$/);
  });

  it.each(keys)('asks no more for cached tokens of %s than for others, and no less for a response', (key) => {
    for (const price of ofModel(key)) {
      expect(price.inputMicrosPerMtok).toBeGreaterThan(0n);
      expect(price.cachedInputMicrosPerMtok ?? 0n).toBeLessThan(price.inputMicrosPerMtok);
      expect(price.outputMicrosPerMtok).toBeGreaterThanOrEqual(price.inputMicrosPerMtok);
    }
  });

  it.each(keys)('has one price of %s at a time, which ends when the next begins', (key) => {
    const prices = ofModel(key).toSorted((a, b) => a.validFrom.getTime() - b.validFrom.getTime());
    for (const [index, { validTo }] of prices.entries()) {
      expect(validTo).toEqual(prices[index + 1]?.validFrom ?? null);
    }
  });

  it('knows of a price that ends, and which one follows', () => {
    const flash = PRICE_CATALOGUE.filter(({ modelName }) => modelName === 'gemini-3.8-flash');
    expect(priceAt(flash, new Date('2026-12-31T23:59:59Z'))?.outputMicrosPerMtok).toBe(3_750_000n);
    expect(priceAt(flash, new Date('2027-01-01T00:00:00Z'))?.outputMicrosPerMtok).toBe(7_500_000n);
  });
});
