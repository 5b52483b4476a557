import { type ExactJson, ExactNumber, keptText, parseExact, ValidationError } from '../../kernel/index.js';
import { jsonPointer } from './json-pointer.js';

export type JsonData =
  null | boolean | number | string | ExactNumber | readonly JsonData[] | { readonly [key: string]: JsonData };

/** The keys in the order sent, for objects with a key that JavaScript moves to the front, such as "10". */
const keyOrders = new WeakMap<object, readonly string[]>();

/** Returns the keys of an object in the order in which they were sent. */
export function listKeys(value: Readonly<Record<string, JsonData>>): readonly string[] {
  return keyOrders.get(value) ?? Object.keys(value);
}

/** Whether `JSON.stringify` would write the keys of an object in another order. */
export function hasKeyOrder(value: object): boolean {
  return keyOrders.has(value);
}

export function isList(value: unknown): value is readonly JsonData[] {
  return Array.isArray(value);
}

/** The part of a render's budget that pays for copying. */
interface CopyBudget {
  spend(steps: number): void;
  spendText(chars: number): void;
}

/** Copying a value takes some 100 ns. */
const STEPS_PER_VALUE = 2;
/** A kept text is compared with its value and read again. */
const STEPS_PER_KEPT_CHARACTER = 0.25;

/** Deeper than any prompt needs, shallow enough for every recursion over the data. */
const MAX_DEPTH = 128;
/** A body of 1 MiB holds at most half as many. Stops objects that contain themselves many times over. */
const MAX_VALUES = 1_000_000;

/** Matches NUL and, with the `u` flag, only unpaired surrogates. Postgres stores neither. */
const UNSTORABLE = /[\0\ud800-\udfff]/u;

/** Returns the offset of the first NUL or lone surrogate, which UTF-8 or Postgres cannot hold; -1 when there is none. */
export function findUnstorable(text: string): number {
  return text.search(UNSTORABLE);
}

/**
 * Copies a value the way `JSON.stringify` sees it. Templates therefore only see plain objects with own properties, and the caller's objects
 * are never touched.
 *
 * @param path the position of the value, such as `['variables', 'user']`, for the error.
 * @param budget pays for each value and text.
 * @returns `undefined` for values that JSON does not have (undefined, functions, symbols).
 * @throws ValidationError `VALIDATION_FAILED` for a bigint, a number that is not finite, a cycle, too deep or too many values, and strings
 *   with NUL or a lone surrogate.
 */
export function toJsonData(
  value: unknown,
  path: readonly string[],
  budget: CopyBudget | null = null,
): JsonData | undefined {
  return new Copier([...path], budget).copy(value);
}

class Copier {
  private values = 0;

  constructor(
    private readonly path: (string | number)[],
    private readonly budget: CopyBudget | null,
  ) {}

  copy(value: unknown): JsonData | undefined {
    this.values += 1;
    this.budget?.spend(STEPS_PER_VALUE);
    if (this.values > MAX_VALUES) throw this.notJson(`holds more than ${MAX_VALUES} values`, 2);
    switch (typeof value) {
      case 'string':
        return this.storable(value);
      case 'number':
        // JSON.stringify would write null, which would silently leave a gap in the prompt.
        if (!Number.isFinite(value)) throw this.notJson('is not a finite number');
        return value;
      case 'boolean':
        return value;
      case 'bigint':
        throw this.notJson('is a bigint, which JSON does not have: send it as a string');
      case 'object':
        return value === null ? null : this.copyObject(value);
      default:
        return undefined;
    }
  }

  private copyObject(value: object): JsonData | undefined {
    if (!hasToJson(value)) return this.copyMembers(value);
    // JSON.stringify calls toJSON once and never on the result.
    const json = value.toJSON();
    return typeof json === 'object' && json !== null ? this.copyMembers(json) : this.copy(json);
  }

  /** Copies a value that keeps its source text from that text, because only it has the exact numbers and key order. */
  private copyMembers(value: object): JsonData {
    const kept = keptText(value);
    if (kept !== null) {
      this.budget?.spend(Math.ceil(kept.length * STEPS_PER_KEPT_CHARACTER));
      return this.copyExact(parseExact(kept));
    }
    if (this.path.length > MAX_DEPTH) throw this.notJson(`is nested deeper than ${MAX_DEPTH} levels`, 2);
    return Array.isArray(value) ? this.copyList(value) : this.copyKeys(value as Record<string, unknown>);
  }

  private copyList(list: readonly unknown[]): JsonData {
    const copied: JsonData[] = [];
    for (let index = 0; index < list.length; index += 1) {
      const data = this.copyAt(index, list[index]);
      // JSON.stringify would write null, which is a different value.
      if (data === undefined) {
        this.path.push(index);
        throw this.notJson(`is ${nameOfType(list[index])}, which JSON does not have`);
      }
      copied.push(data);
    }
    return copied;
  }

  private copyKeys(value: Record<string, unknown>): JsonData {
    const copied: Record<string, JsonData> = {};
    for (const key of Object.keys(value)) {
      const data = this.copyAt(this.storable(key), value[key]);
      if (data === undefined) continue;
      // Assigning `__proto__` would set the prototype. Filling an object without a prototype takes three times as long.
      if (key === '__proto__') Object.defineProperty(copied, key, { value: data, enumerable: true });
      else copied[key] = data;
    }
    return copied;
  }

  private copyExact(value: ExactJson): JsonData {
    if (typeof value !== 'object' || value === null) return this.copy(value) ?? null;
    this.values += 1;
    if (this.values > MAX_VALUES) throw this.notJson(`holds more than ${MAX_VALUES} values`, 2);
    if (value instanceof ExactNumber) return value;
    if (this.path.length > MAX_DEPTH) throw this.notJson(`is nested deeper than ${MAX_DEPTH} levels`, 2);
    if (value instanceof Map) return this.copyExactKeys(value as ReadonlyMap<string, ExactJson>);
    const copied: JsonData[] = [];
    for (const item of value as readonly ExactJson[]) copied.push(this.copyExactAt(copied.length, item));
    return copied;
  }

  private copyExactKeys(members: ReadonlyMap<string, ExactJson>): JsonData {
    const copied: Record<string, JsonData> = {};
    for (const [key, member] of members) {
      const data = this.copyExactAt(this.storable(key), member);
      Object.defineProperty(copied, key, { value: data, enumerable: true });
    }
    const keys = [...members.keys()];
    if (Object.keys(copied).some((key, index) => key !== keys[index])) keyOrders.set(copied, keys);
    return copied;
  }

  private copyExactAt(key: string | number, value: ExactJson): JsonData {
    this.path.push(key);
    const data = this.copyExact(value);
    this.path.pop();
    return data;
  }

  private copyAt(key: string | number, value: unknown): JsonData | undefined {
    this.path.push(key);
    const data = this.copy(value);
    this.path.pop();
    return data;
  }

  private storable(text: string): string {
    this.budget?.spendText(2 * text.length);
    if (findUnstorable(text) !== -1) throw this.notJson('holds NUL or a lone surrogate');
    return text;
  }

  private notJson(message: string, segments = Infinity): ValidationError {
    const pointer = jsonPointer(this.path.slice(0, segments).map(String));
    return new ValidationError(`Send JSON data as ${pointer}: it ${message}.`, [{ pointer, message }]);
  }
}

function nameOfType(value: unknown): string {
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
