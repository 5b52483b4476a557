/** Counts go into 32-bit columns, and no model reads or writes as many tokens. */
const MOST_TOKENS = 2 ** 31 - 1;

/** A count of tokens out of a vendor's answer; null for anything that is not one, a number in a text included. */
export function tokenCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS
    ? value
    : null;
}
