/** Counts go into 32-bit columns, and no model reads or writes this many tokens. */
const MOST_TOKENS = 2 ** 31 - 1;

/** Reads a token count from a vendor's answer. Returns null for anything else, including a number inside a text. */
export function tokenCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS
    ? value
    : null;
}
