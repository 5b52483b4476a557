import { layOutJson } from '../../../src/kernel/json/lay-out-json';
import { writeJson } from '../../../src/kernel/json/write-json';

/** JSON to look at. What came from the service keeps its digits and the order of its keys. */
export function jsonText(value: unknown): string {
  return layOutJson(writeJson(value), 2);
}
