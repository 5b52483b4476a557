import { type JsonText, readJsonFast } from './reading/json-fast.js';
import { JsonScanner } from './reading/json-scanner.js';
import { JsonSource } from './json-source.js';
import { parseJson } from './kept-json.js';

export type { JsonText } from './reading/json-fast.js';

export interface JsonTextLimits {
  /** The most containers open at once; `[[1]]` has depth 2, a scalar 0. */
  readonly maxDepth: number;
}

/**
 * Reads a JSON text strictly. `JSON.parse` alone accepts what causes harm later: it silently drops one of two equal keys, `__proto__`
 * invites prototype pollution, and Postgres refuses NUL and lone surrogates, which in a multi-row statement fails every row.
 *
 * The fast reader is tried first. A text that it is not certain of goes to one iterative scan, which refuses too much depth before anything
 * is built and says what is wrong and where. The value itself comes from the native parser.
 *
 * @throws ValidationError `VALIDATION_FAILED` for text that is not JSON (with line and column), nesting deeper than `maxDepth`, duplicate
 *   keys, the key `__proto__`, NUL characters and lone surrogates.
 */
export function readJsonText(text: string, limits: JsonTextLimits): JsonText {
  const known = readJsonFast(text, limits.maxDepth);
  if (known !== null) return known;
  new JsonScanner(text, limits.maxDepth).scan();
  const source = new JsonSource(text);
  return {
    value: parseJson(text),
    isLarge: false,
    findSource: (...path) => source.find(path),
    measureSize: (...path) => Buffer.byteLength(source.find(path) ?? ''),
  };
}
