/**
 * Money is counted in whole numbers: prices in micro-dollars per million tokens, costs in pico-dollars. At one micro-dollar per million, a
 * token costs one pico-dollar, so a cost is an exact product without a division.
 */

const MICRO_DECIMALS = 6;
const PICO_DECIMALS = 12;

/** The highest price, $2,000 per million tokens. Even at this price the cost of 2^31 tokens each way fits a Postgres `bigint`. */
export const MAX_MICROS_PER_MTOK = 2_000_000_000n;

/** The prices of a million tokens in whole micro-dollars. */
export interface TokenPrices {
  readonly inputMicrosPerMtok: bigint;
  /** The price of prompt tokens that the provider had in its cache; null when it is the input price. */
  readonly cachedInputMicrosPerMtok: bigint | null;
  readonly outputMicrosPerMtok: bigint;
  /** The longest prompt, in tokens, that the prices hold for; null when there is no bound. */
  readonly maxPromptTokens: number | null;
}

/** The counts that a provider reported; null where it reported nothing. */
export interface TokenCounts {
  readonly promptTokens: number | null;
  /** The number of prompt tokens that came from the provider's cache. */
  readonly cachedPromptTokens: number | null;
  readonly responseTokens: number | null;
}

/**
 * Returns the cost of a call in pico-dollars. Returns null when it cannot be known: a count is missing, the prompt is longer than the
 * prices hold for, or more tokens are cached than there were. A provider that reports no cached tokens has billed none as cached.
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

/** Dollars as text with at most six decimals, such as `0.15`, without a sign or exponent. */
const USD = /^(?:0|[1-9]\d{0,3})(?:\.\d{1,6})?$/;

/** Converts `"0.15"` to 150000. @returns null unless the text is dollars with at most six decimals, up to {@link MAX_MICROS_PER_MTOK}. */
export function parseMicroUsd(text: string): bigint | null {
  if (!USD.test(text)) return null;
  const micros = scaleDecimal(text, MICRO_DECIMALS);
  return micros !== null && micros <= MAX_MICROS_PER_MTOK ? micros : null;
}

/** Converts 150000 to `"0.15"`. */
export function formatMicroUsd(micros: bigint): string {
  return formatScaled(micros, MICRO_DECIMALS);
}

const BUDGET_USD = /^(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?$/;

/** Converts `"12.5"` to 12500000000000. @returns null unless the text is dollars with at most fifteen digits and twelve decimals. */
export function parsePicoUsd(text: string): bigint | null {
  return BUDGET_USD.test(text) ? scaleDecimal(text, PICO_DECIMALS) : null;
}

/** Converts 123 to `"0.000000000123"`. Negative amounts get a sign. */
export function formatPicoUsd(picos: bigint): string {
  return formatScaled(picos, PICO_DECIMALS);
}

/**
 * Converts dollars per token to micro-dollars per million tokens: `"1.5e-07"` to 150000. Works on the text, because a float would be a
 * different number.
 * @param usdPerToken a JSON number.
 * @returns null when the result is not a whole number from 0 to {@link MAX_MICROS_PER_MTOK}.
 */
export function toMicrosPerMtok(usdPerToken: string): bigint | null {
  const micros = scaleDecimal(usdPerToken, PICO_DECIMALS);
  return micros !== null && micros <= MAX_MICROS_PER_MTOK ? micros : null;
}

const DECIMAL = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
/** No real price has more digits, and a text with a thousand digits is not worth its arithmetic. */
const MAX_DIGITS = 40;

/** Returns the decimal × 10^decimals, or null when the text is not a decimal, or the result is negative or not whole. */
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
