import { parseJson as parseKept } from '../../../src/kernel/json/kept-json';

/** Reads JSON that keeps its digits and the order of its keys when the client sends it. @throws SyntaxError */
export function parseJson(text: string): unknown {
  return parseKept(text);
}
