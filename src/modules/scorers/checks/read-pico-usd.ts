import { type ExactJson, ExactNumber, parsePicoUsd } from '../../../kernel/index.js';

/** Returns US dollars, as a number or a decimal text, in pico-dollars; null for anything else, and beyond 12 decimals. */
export function readPicoUsd(value: ExactJson): bigint | null {
  if (typeof value === 'string') return parsePicoUsd(value);
  if (value instanceof ExactNumber) return parsePicoUsd(value.text);
  return typeof value === 'number' ? parsePicoUsd(decimalText(value)) : null;
}

/** JavaScript writes small numbers with an exponent. A number with more than 12 decimals is left as it is, and refused later. */
function decimalText(value: number): string {
  const decimals = value.toFixed(12);
  return Number(decimals) === value ? decimals : String(value);
}
