import { averageCost, estimateCost } from './estimate-cost.js';

const bound = (inputPicoUsd: bigint | null, outputPicoUsd: bigint | null, responseTokens: number | null) => ({
  inputPicoUsd,
  outputPicoUsd,
  responseTokens,
});

describe('averageCost', () => {
  it.each([
    ['prompt and answer', [bound(10n, 2n, 5)], 20n],
    ['rounds up', [bound(1n, 0n, 0), bound(2n, 0n, 0)], 2n],
    ['what would be refused as nothing', [bound(10n, 0n, 0), null], 5n],
    ['no items as nothing', [], 0n],
    ['a free answer of any length', [bound(10n, 0n, null)], 10n],
  ])('counts %s', (_what, bounds, expected) => {
    expect(averageCost(bounds)).toBe(expected);
  });

  it.each([
    ['a price', [bound(null, 1n, 5)]],
    ['half a price', [bound(1n, null, 5)]],
    ['a bound', [bound(1n, 1n, null)]],
  ])('does not know without %s', (_what, bounds) => {
    expect(averageCost(bounds)).toBeNull();
  });
});

describe('estimateCost', () => {
  const candidate = { averagePicoUsd: 100n, responseTokens: 10 };
  const judge = { averagePicoUsd: 50n, responseTokens: 3, inputTokenPicoUsd: 2n };

  it('counts every candidate and every judgement of its answers', () => {
    const counts = { items: 5, repetitions: 3 };
    expect(estimateCost([candidate, candidate], [], counts)).toBe(3000n);
    // The judge reads ten tokens of the answer, counted twice.
    expect(estimateCost([candidate], [judge], counts)).toBe((100n + 50n + 40n) * 15n);
    expect(estimateCost([candidate], [judge], { items: 0, repetitions: 3 })).toBe(0n);
  });

  it('does not know what one of them does not', () => {
    const counts = { items: 1, repetitions: 1 };
    expect(estimateCost([{ ...candidate, averagePicoUsd: null }], [], counts)).toBeNull();
    expect(estimateCost([candidate], [{ ...judge, inputTokenPicoUsd: null }], counts)).toBeNull();
  });
});
