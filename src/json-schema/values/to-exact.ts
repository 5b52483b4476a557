import { keepsText, keptText, parseExact } from '../../kernel/index.js';

/** Pays for the work of looking at values. */
export interface Purse {
  spend(steps: number): void;
  /** Pays for text that is processed as a whole. */
  spendText(chars: number): void;
}

/** Reads an object or array that keeps its text from that text, which alone has the exact numbers. Returns other values unchanged. */
export function toExact(value: unknown, purse: Purse): unknown {
  if (!keepsText(value)) return value;
  const text = keptText(value as object);
  if (text === null) return value;
  purse.spendText(text.length);
  return parseExact(text);
}
