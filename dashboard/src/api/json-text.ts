import { JsonSource } from '../../../src/kernel/json/json-source';
import { parseJson } from '../../../src/kernel/json/kept-json';
import { layOutJson } from '../../../src/kernel/json/lay-out-json';
import { writeJson } from '../../../src/kernel/json/write-json';

/** Formats JSON for display. Values from the service keep their digits and the order of their keys. */
export function jsonText(value: unknown): string {
  return layOutJson(writeJson(value), 2);
}

/** Reads a text of JSON, whose numbers keep their digits when it is sent or shown. @returns undefined for invalid JSON. */
export function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Reads a JSON object, whose numbers keep their digits. @returns null for anything else. */
export function readJsonObject(text: string): Readonly<Record<string, unknown>> | null {
  const value = readJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

/** Returns the compact text of a value, for comparisons. */
export function compactJson(value: unknown): string {
  return writeJson(value);
}

/** Formats one member of an object, with its digits. @returns an empty text for a member that is missing or null. */
export function memberText(value: object, name: string): string {
  const text = new JsonSource(writeJson(value)).find([name]);
  return text === null || text === 'null' ? '' : layOutJson(text, 2);
}
