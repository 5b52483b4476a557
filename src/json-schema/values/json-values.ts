import { ExactNumber } from '../../kernel/index.js';

export type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** An object as `JSON.parse` or `parseExact` reads it. */
export type JsonObject = ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>;

/** A JavaScript number, or one that keeps its original text. */
export type JsonNumber = number | ExactNumber;

/** @returns null for values that JSON does not have, such as undefined. */
export function getKind(value: unknown): Kind | null {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value as Kind;
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'array';
      return value instanceof ExactNumber ? 'number' : 'object';
    default:
      return null;
  }
}

export function listKeys(object: JsonObject): readonly string[] {
  return object instanceof Map ? [...(object as ReadonlyMap<string, unknown>).keys()] : Object.keys(object);
}

export function countKeys(object: JsonObject): number {
  return object instanceof Map ? object.size : Object.keys(object).length;
}

export function hasKey(object: JsonObject, key: string): boolean {
  return object instanceof Map ? object.has(key) : Object.hasOwn(object, key);
}

/** @returns undefined for a key that is not the object's own; prototypes are ignored. */
export function memberAt(object: JsonObject, key: string): unknown {
  if (object instanceof Map) return (object as ReadonlyMap<string, unknown>).get(key);
  return Object.hasOwn(object, key) ? (object as Readonly<Record<string, unknown>>)[key] : undefined;
}
