import { type ExactJson, ExactNumber, parsePicoUsd } from '../../../kernel/index.js';

/** An amount of US dollars, as a number or a decimal text, in whole pico-dollars; null for anything else, and for more than 12 decimals. */
export function readPicoUsd(value: ExactJson): bigint | null {
  if (typeof value === 'string') return parsePicoUsd(value);
  if (value instanceof ExactNumber) return parsePicoUsd(value.text);
  return typeof value === 'number' ? parsePicoUsd(decimalText(value)) : null;
}

/** JavaScript writes small numbers with an exponent. What has more than 12 decimals stays as it is, and is refused. */
function decimalText(value: number): string {
  const decimals = value.toFixed(12);
  return Number(decimals) === value ? decimals : String(value);
}
