import { keepsText, keptText, parseExact } from '../../kernel/index.js';

/** Pays for what is looked at. */
export interface Purse {
  spend(steps: number): void;
  /** Pays for text that is looked at as a whole. */
  spendText(chars: number): void;
}

/** An object or array that keeps its text is read from that: its numbers are in nothing else. Any other stays as it is. */
export function toExact(value: unknown, purse: Purse): unknown {
  if (!keepsText(value)) return value;
  const text = keptText(value as object);
  if (text === null) return value;
  purse.spendText(text.length);
  return parseExact(text);
}
