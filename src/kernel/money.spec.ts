import fc from 'fast-check';
import {
  costPicoUsd,
  formatMicroUsd,
  formatPicoUsd,
  MAX_MICROS_PER_MTOK,
  toMicrosPerMtok,
  parseMicroUsd,
  parsePicoUsd,
  type TokenPrices,
} from './index.js';

const MAX_TOKENS = 2 ** 31 - 1;
const tokens = fc.integer({ min: 0, max: MAX_TOKENS });
const micros = fc.bigInt({ min: 0n, max: MAX_MICROS_PER_MTOK });
const prices = fc.record({
  inputMicrosPerMtok: micros,
  cachedInputMicrosPerMtok: fc.option(micros),
  outputMicrosPerMtok: micros,
  maxPromptTokens: fc.constant(null),
});

/** The prices of gpt-4o-mini. */
const MINI: TokenPrices = {
  inputMicrosPerMtok: 150_000n,
  cachedInputMicrosPerMtok: 75_000n,
  outputMicrosPerMtok: 600_000n,
  maxPromptTokens: null,
};
const counts = (
  promptTokens: number | null,
  cachedPromptTokens: number | null,
  responseTokens: number | null,
) => ({
  promptTokens,
  cachedPromptTokens,
  responseTokens,
});

describe('costPicoUsd', () => {
  it('is what a bill would say', () => {
    // A million tokens in, half of them cached, and a million tokens out: $0.075 + $0.0375 + $0.60.
    const cost = costPicoUsd(counts(1_000_000, 500_000, 1_000_000), MINI);
    expect(formatPicoUsd(cost ?? 0n)).toBe('0.7125');
    expect(costPicoUsd(counts(1, null, 0), MINI)).toBe(150_000n);
    expect(costPicoUsd(counts(0, 0, 0), MINI)).toBe(0n);
  });

  it('counts cached tokens once, whether or not they have a price of their own', () => {
    fc.assert(
      fc.property(
        prices,
        tokens,
        fc.double({ min: 0, max: 1, noNaN: true }),
        tokens,
        (price, prompt, share, response) => {
          const cached = Math.floor(prompt * share);
          const asPlain = costPicoUsd(counts(prompt, 0, response), price) ?? -1n;
          const cost = costPicoUsd(counts(prompt, cached, response), price) ?? -1n;
          const discount =
            price.inputMicrosPerMtok - (price.cachedInputMicrosPerMtok ?? price.inputMicrosPerMtok);
          expect(asPlain - cost).toBe(BigInt(cached) * discount);
        },
      ),
    );
  });

  it('adds up: two calls cost what one of all their tokens would', () => {
    fc.assert(
      fc.property(
        prices,
        fc.array(fc.nat(2 ** 28), { minLength: 4, maxLength: 4 }),
        (price, [a = 0, b = 0, c = 0, d = 0]) => {
          const sum =
            (costPicoUsd(counts(a, 0, b), price) ?? 0n) + (costPicoUsd(counts(c, 0, d), price) ?? 0n);
          expect(costPicoUsd(counts(a + c, 0, b + d), price)).toBe(sum);
        },
      ),
    );
  });

  it('fits a bigint of Postgres, whatever the tokens and the price', () => {
    const dearest = {
      inputMicrosPerMtok: MAX_MICROS_PER_MTOK,
      cachedInputMicrosPerMtok: null,
      outputMicrosPerMtok: MAX_MICROS_PER_MTOK,
      maxPromptTokens: null,
    };
    expect(costPicoUsd(counts(MAX_TOKENS, null, MAX_TOKENS), dearest)).toBeLessThan(2n ** 63n);
  });

  it('is null, not zero, where a count is unknown', () => {
    expect(costPicoUsd(counts(null, null, 5), MINI)).toBeNull();
    expect(costPicoUsd(counts(5, null, null), MINI)).toBeNull();
    expect(
      costPicoUsd(counts(null, null, null), { ...MINI, inputMicrosPerMtok: 0n, outputMicrosPerMtok: 0n }),
    ).toBeNull();
  });

  it('is null where more is said to be cached than was sent', () => {
    expect(costPicoUsd(counts(5, 6, 1), MINI)).toBeNull();
    expect(costPicoUsd(counts(5, 5, 1), MINI)).not.toBeNull();
  });

  it('is null for a prompt that is longer than the prices hold for', () => {
    const short = { ...MINI, maxPromptTokens: 200_000 };
    expect(costPicoUsd(counts(200_000, null, 0), short)).toBe(costPicoUsd(counts(200_000, null, 0), MINI));
    expect(costPicoUsd(counts(200_001, null, 0), short)).toBeNull();
  });
});

describe('dollars as text', () => {
  it('are read back as they were written', () => {
    fc.assert(
      fc.property(micros, (value) => {
        expect(parseMicroUsd(formatMicroUsd(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['0', 0n],
    ['0.15', 150_000n],
    ['0.150000', 150_000n],
    ['15', 15_000_000n],
    ['2000', MAX_MICROS_PER_MTOK],
    ['0.000001', 1n],
  ])('are exact: %s', (text, value) => {
    expect(parseMicroUsd(text)).toBe(value);
  });

  it.each([
    '',
    '.5',
    '1.',
    '-1',
    '+1',
    '1e-7',
    '0.0000001',
    '00.1',
    '1,5',
    ' 1',
    '1 ',
    '٣',
    '2000.000001',
    '9999999',
    'NaN',
  ])('are nothing else: "%s"', (text) => {
    expect(parseMicroUsd(text)).toBeNull();
  });

  it.each([
    [0n, '0'],
    [123n, '0.000000000123'],
    [1_000_000_000_000n, '1'],
    [9_223_372_036_854_775_807n, '9223372.036854775807'],
  ])('of %d pico-dollars need no float', (picos, text) => {
    expect(formatPicoUsd(picos)).toBe(text);
  });
});

describe('dollars a token', () => {
  it.each([
    ['1.5e-07', 150_000n],
    ['0.00000015', 150_000n],
    ['7.5E-8', 75_000n],
    ['15e-6', 15_000_000n],
    ['0.0', 0n],
    ['0e-999', 0n],
    ['5.46875e-07', 546_875n],
  ])('are exact in micro-dollars a million: %s', (text, value) => {
    expect(toMicrosPerMtok(text)).toBe(value);
  });

  it.each([
    '1.50000000000000003e-07',
    '1e-13',
    '-1e-7',
    '1',
    '1e999',
    '1e-999',
    '1e99999',
    'null',
    '"1e-7"',
    '',
    '1.e-7',
  ])('have no whole price, or too high a one: %s', (text) => {
    expect(toMicrosPerMtok(text)).toBeNull();
  });

  it('are read from whatever form JSON writes them in', () => {
    fc.assert(
      fc.property(micros, fc.integer({ min: -30, max: 30 }), (value, exponent) => {
        // value × 10^-12, with the decimal point moved by the exponent.
        const digits = value.toString().padStart(60, '0');
        const at = digits.length - 12 - exponent;
        fc.pre(at > 0 && at < digits.length);
        const text = `${BigInt(digits.slice(0, at))}.${digits.slice(at)}e${exponent}`;
        fc.pre(text.length < 40);
        expect(toMicrosPerMtok(text)).toBe(value);
      }),
    );
  });
});

describe('dollars of a budget', () => {
  it.each([
    ['0', 0n],
    ['12.5', 12_500_000_000_000n],
    ['0.000000000015', 15n],
    ['100000000000000', 10n ** 26n],
  ])('%s are exact both ways', (text, picos) => {
    expect(parsePicoUsd(text)).toBe(picos);
    expect(formatPicoUsd(picos)).toBe(text);
  });

  it.each(['', '-1', '1e3', '.5', '1.', '01', '1,5', '0.0000000000001', ' 1', '1_000', 'NaN', '٣'])(
    'are not %j',
    (text) => {
      expect(parsePicoUsd(text)).toBeNull();
    },
  );

  it('may be below nothing when they are what is left', () => {
    expect(formatPicoUsd(-3_500_000_000_000n)).toBe('-3.5');
  });
});
