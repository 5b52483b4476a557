import { MAX_INT } from '../../kernel/index.js';

/** A count of tokens out of a vendor's answer; null for anything that is not one. */
export function tokenCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INT
    ? value
    : null;
}
