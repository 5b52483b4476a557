import { pointerSegment } from '../../../kernel/index.js';

export interface JsonDifference {
  /** A JSON pointer. */
  readonly pointer: string;
  /** Undefined where one of the two has no value. */
  readonly recorded: unknown;
  readonly recomputed: unknown;
}

/** Two ways to compute the same sum differ by less, relative to it. */
const TOLERANCE = 1e-9;

/** Lists the innermost places where two JSON values differ. Numbers within rounding error count as equal. */
export function compareJson(recorded: unknown, recomputed: unknown, pointer = ''): JsonDifference[] {
  if (isBranch(recorded) && isBranch(recomputed) && Array.isArray(recorded) === Array.isArray(recomputed)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(recomputed)]);
    return [...keys].flatMap((key) =>
      compareJson(valueAt(recorded, key), valueAt(recomputed, key), `${pointer}/${pointerSegment(key)}`),
    );
  }
  return isSame(recorded, recomputed) ? [] : [{ pointer, recorded, recomputed }];
}

type Branch = Readonly<Record<string, unknown>>;

function isBranch(value: unknown): value is Branch {
  return typeof value === 'object' && value !== null;
}

function valueAt(branch: Branch, key: string): unknown {
  return Object.hasOwn(branch, key) ? branch[key] : undefined;
}

function isSame(recorded: unknown, recomputed: unknown): boolean {
  if (Object.is(recorded, recomputed)) return true;
  if (typeof recorded !== 'number' || typeof recomputed !== 'number') return false;
  return Math.abs(recorded - recomputed) <= TOLERANCE * Math.max(Math.abs(recorded), Math.abs(recomputed));
}
