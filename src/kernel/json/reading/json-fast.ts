import { type JsonOutline, outlineJson } from './json-outline.js';
import { JsonSource } from '../json-source.js';
import { keepSources } from '../kept-json.js';

/** A JSON text that was read, with its value and the source text of its parts. */
export interface JsonText {
  /** What `JSON.parse` makes of the text. It also keeps what parsing would lose, for `writeJson`. */
  readonly value: unknown;
  /** Whether the text took long to read. Code that walks its whole value must then do so in steps. */
  readonly isLarge: boolean;
  /**
   * The exact source text of a part, without the white space around it: `findSource('variables')`,
   * `findSource('entries', 3, 'variables')`. `null` when there is no such part.
   */
  findSource(...path: readonly (string | number)[]): string | null;
  /** Returns the UTF-8 size of a part's source text; 0 when there is no such part. */
  measureSize(...path: readonly (string | number)[]): number;
}

/** NUL and surrogates can be written as escapes. All such escapes are left to the scan, even harmless ones. */
const DOUBTFUL_ESCAPE = /\\u(?:0000|[dD][89a-fA-F])/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Reads a text that is beyond doubt in a third of the time that the scan takes. The parser checks the grammar. If the text has as many
 * members as the value has keys, no key was written twice, because the parser keeps one of two equal keys.
 *
 * @returns null for any other text, such as one that must be refused.
 */
export function readJsonFast(text: string, maxDepth: number): JsonText | null {
  if (LONE_SURROGATE.test(text)) return null;
  if (text.includes('\\u') && DOUBTFUL_ESCAPE.test(text)) return null;
  const outline = outlineJson(text, maxDepth);
  if (outline === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (countKeys(value) !== outline.memberCount) return null;
  keepSources(text, value);
  return new OutlinedText(text, value, outline);
}

/** Counts the keys of all objects in a parsed value. Returns NaN, which equals no number, if `__proto__` is among them. */
export function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) count += countKeys(element);
    return count;
  }
  const members = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(members)) {
    if (key === '__proto__') return Number.NaN;
    count += 1 + countKeys(members[key]);
  }
  return count;
}

/** A text whose outermost members are known by their offsets. */
class OutlinedText implements JsonText {
  readonly isLarge = false;
  private source: JsonSource | undefined;

  constructor(
    private readonly text: string,
    readonly value: unknown,
    private readonly outline: JsonOutline,
  ) {}

  findSource(...path: readonly (string | number)[]): string | null {
    const [name] = path;
    if (path.length === 1 && typeof name === 'string') {
      const member = this.findMember(name);
      if (member !== null) return member;
    }
    // Also handles a key that is written with escapes.
    this.source ??= new JsonSource(this.text);
    return this.source.find(path);
  }

  measureSize(...path: readonly (string | number)[]): number {
    return Buffer.byteLength(this.findSource(...path) ?? '');
  }

  private findMember(name: string): string | null {
    const { text } = this;
    const { members } = this.outline;
    for (let at = 0; at < members.length; at += 4) {
      const keyStart = (members[at] as number) + 1;
      const keyEnd = (members[at + 1] as number) - 1;
      if (keyEnd - keyStart !== name.length || !text.startsWith(name, keyStart)) continue;
      return text.slice(members[at + 2], members[at + 3]);
    }
    return null;
  }
}
