/**
 * Money is counted in whole numbers: prices in micro-dollars for a million tokens, costs in pico-dollars. A token of a
 * price of one micro-dollar a million costs one pico-dollar, so a cost is a product without a division, and exact.
 */

const MICRO_DECIMALS = 6;
const PICO_DECIMALS = 12;

/** The highest price, $2,000 for a million tokens: with it, 2^31 tokens each way still cost what a Postgres `bigint` holds. */
export const MAX_MICROS_PER_MTOK = 2_000_000_000n;

/** The prices of a million tokens, in whole micro-dollars. */
export interface TokenPrices {
  readonly inputMicrosPerMtok: bigint;
  /** The price of prompt tokens that the provider had in its cache; null: that of any other. */
  readonly cachedInputMicrosPerMtok: bigint | null;
  readonly outputMicrosPerMtok: bigint;
  /** The prices hold for prompts of at most so many tokens; null: for all. */
  readonly maxPromptTokens: number | null;
}

/** What a provider reported; null where it said nothing. */
export interface TokenCounts {
  readonly promptTokens: number | null;
  /** The number of the prompt's tokens that came from the provider's cache. */
  readonly cachedPromptTokens: number | null;
  readonly responseTokens: number | null;
}

/**
 * Returns the cost of a call in pico-dollars; null where that cannot be known: a count is missing, the prompt is longer than the
 * prices hold for, or more tokens are said to be cached than there were. Who says nothing of a cache has billed none.
 */
export function costPicoUsd(counts: TokenCounts, prices: TokenPrices): bigint | null {
  const { promptTokens, cachedPromptTokens, responseTokens } = counts;
  if (promptTokens === null || responseTokens === null) return null;
  if (prices.maxPromptTokens !== null && promptTokens > prices.maxPromptTokens) return null;
  const cachedTokens = cachedPromptTokens ?? 0;
  if (cachedTokens > promptTokens) return null;
  const cachedPrice = prices.cachedInputMicrosPerMtok ?? prices.inputMicrosPerMtok;
  return (
    BigInt(promptTokens - cachedTokens) * prices.inputMicrosPerMtok +
    BigInt(cachedTokens) * cachedPrice +
    BigInt(responseTokens) * prices.outputMicrosPerMtok
  );
}

/** Dollars as text, at most six decimals: `0.15`. Neither sign nor exponent. */
const USD = /^(?:0|[1-9]\d{0,3})(?:\.\d{1,6})?$/;

/** `"0.15"` to 150000. @returns null for anything but dollars of at most six decimals, up to {@link MAX_MICROS_PER_MTOK}. */
export function parseMicroUsd(text: string): bigint | null {
  if (!USD.test(text)) return null;
  const micros = scaleDecimal(text, MICRO_DECIMALS);
  return micros !== null && micros <= MAX_MICROS_PER_MTOK ? micros : null;
}

/** 150000 to `"0.15"`. */
export function formatMicroUsd(micros: bigint): string {
  return formatScaled(micros, MICRO_DECIMALS);
}

const BUDGET_USD = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?$/;

/** `"12.5"` to 12500000000000. @returns null for anything but dollars of at most fifteen digits and twelve decimals. */
export function parsePicoUsd(text: string): bigint | null {
  return BUDGET_USD.test(text) ? scaleDecimal(text, PICO_DECIMALS) : null;
}

/** 123 to `"0.000000000123"`; what is below nothing has a sign. */
export function formatPicoUsd(picos: bigint): string {
  return formatScaled(picos, PICO_DECIMALS);
}

/**
 * Dollars a token to micro-dollars a million tokens: `"1.5e-07"` to 150000. From the text, since what a float makes of it
 * is another number.
 * @param usdPerToken a JSON number.
 * @returns null when that is not a whole number, or not from 0 to {@link MAX_MICROS_PER_MTOK}.
 */
export function toMicrosPerMtok(usdPerToken: string): bigint | null {
  const micros = scaleDecimal(usdPerToken, PICO_DECIMALS);
  return micros !== null && micros <= MAX_MICROS_PER_MTOK ? micros : null;
}

const DECIMAL = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
/** Nothing that is priced has more; a text with a thousand digits is not worth its arithmetic. */
const MAX_DIGITS = 40;

/** The decimal × 10^decimals. @returns null when it is no decimal, negative, or not whole. */
function scaleDecimal(text: string, decimals: number): bigint | null {
  const [, whole, fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (whole === undefined || whole.length + fraction.length > MAX_DIGITS) return null;
  const digits = BigInt(whole + fraction);
  const shift = decimals + Number(exponent) - fraction.length;
  if (digits === 0n) return 0n;
  if (Math.abs(shift) > MAX_DIGITS) return null;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return digits % divisor === 0n ? digits / divisor : null;
}

function formatScaled(units: bigint, decimals: number): string {
  if (units < 0n) return `-${formatScaled(-units, decimals)}`;
  const digits = units.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
