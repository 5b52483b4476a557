import { keptSource } from '../../../../src/kernel/json/kept-json.js';
import { writeJson } from '../../../../src/kernel/json/write-json.js';
import { ConfigurationError } from '../errors.js';

/** Deeper than the ledger accepts, shallow enough for the recursion. */
const MAX_DEPTH = 512;

/**
 * Returns the JSON of a body. `JSON.stringify` turns NaN and holes in lists into null, drops functions, writes `{}` for a map, and fails
 * for a bigint without saying where; a prompt should get none of these by accident. Undefined members are left out. JSON from the ledger is
 * sent back character for character.
 *
 * @param path the position of the value, for the error: `['variables']`.
 * @throws ConfigurationError `CLIENT_MISCONFIGURED` with the path of a value that JSON does not have. Nothing was sent.
 */
export function toJsonText(value: unknown, path: readonly string[] = []): string {
  new Inspector([...path]).inspect(value);
  return writeJson(value);
}

class Inspector {
  private readonly above = new Set<object>();

  constructor(private readonly path: string[]) {}

  inspect(value: unknown): void {
    switch (typeof value) {
      case 'number':
        if (!Number.isFinite(value)) this.refuse(`is ${value}, which JSON does not have`);
        return;
      case 'bigint':
        return this.refuse('is a bigint, which JSON does not have: send it as a string');
      case 'function':
      case 'symbol':
      case 'undefined':
        return this.refuse(
          `is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON does not have`,
        );
      case 'object':
        if (value !== null) this.inspectObject(value);
    }
  }

  private inspectObject(value: object): void {
    if (hasToJson(value)) {
      const json = value.toJSON(this.path.at(-1) ?? '');
      // JSON.stringify calls toJSON once and never on the result.
      if (typeof json === 'object' && json !== null) this.inspectParts(json);
      else this.inspect(json);
      return;
    }
    for (const [what, type] of [
      ['map', Map],
      ['set', Set],
      ['promise', Promise],
    ] as const) {
      if (value instanceof type) this.refuse(`is a ${what}, which JSON does not have`);
    }
    this.inspectParts(value);
  }

  private inspectParts(value: object): void {
    if (this.above.has(value)) this.refuse('contains itself');
    if (this.above.size >= MAX_DEPTH) this.refuse(`is nested deeper than ${MAX_DEPTH} levels`);
    this.above.add(value);
    const source = keptSource(value);
    const before = source === null ? {} : (JSON.parse(source) as object);
    // A number like 1e400 is infinite here, and is sent as its original text.
    const isAsItCame = (step: string | number, part: unknown) =>
      typeof part === 'number' && Object.is(Reflect.get(before, step), part);
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index += 1) {
        if (!isAsItCame(index, value[index])) this.inspectAt(`[${index}]`, value[index]);
      }
    } else {
      for (const [key, member] of Object.entries(value)) {
        if (member !== undefined && !isAsItCame(key, member)) this.inspectAt(key, member);
      }
    }
    this.above.delete(value);
  }

  private inspectAt(step: string, value: unknown): void {
    this.path.push(step);
    this.inspect(value);
    this.path.pop();
  }

  private refuse(what: string): never {
    const path = this.path
      .map((step, nth) => (nth === 0 || step.startsWith('[') ? step : `.${step}`))
      .join('');
    throw new ConfigurationError(`${path === '' ? 'The body' : path} ${what}.`);
  }
}

function hasToJson(value: object): value is { toJSON(key: string): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
