import { parseJson } from '../../../src/kernel/json/kept-json';
import { layOutJson } from '../../../src/kernel/json/lay-out-json';
import { writeJson } from '../../../src/kernel/json/write-json';

/** JSON to look at. What came from the service keeps its digits and the order of its keys. */
export function jsonText(value: unknown): string {
  return layOutJson(writeJson(value), 2);
}

/** Reads a text of JSON; its numbers keep their digits when it is sent or shown. @returns undefined for what is not JSON. */
export function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** An object of JSON whose numbers keep their digits. @returns null for anything else. */
export function readJsonObject(text: string): Readonly<Record<string, unknown>> | null {
  const value = readJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

/** The compact text of a value, to compare two of them by. */
export function compactJson(value: unknown): string {
  return writeJson(value);
}
