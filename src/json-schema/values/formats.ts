import { fullFormats } from 'ajv-formats/dist/formats.js';
import { LinearPattern } from './linear-pattern.js';

type FormatCheck = (text: string) => boolean;

/** A longer text fails every format that a backtracking expression checks. */
const MAX_CHARS = 1_024;

/** Formats whose expressions take linear time; a `data:` URI may be as long as the body. */
const ANY_LENGTH = ['json-pointer', 'relative-json-pointer', 'uri', 'uri-reference', 'uri-template'] as const;

const SHORT = ['date', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'time', 'uuid'] as const;

/** The formats that are checked. Any other is an annotation, as JSON Schema allows. */
const FORMATS: ReadonlyMap<string, FormatCheck> = new Map([
  ...ANY_LENGTH.map((name) => [name, checkBy(name)] as const),
  ...SHORT.map((name) => {
    const check = checkBy(name);
    return [name, (text: string) => text.length <= MAX_CHARS && check(text)] as const;
  }),
  ['regex', isPattern] as const,
]);

export function findFormat(name: string): FormatCheck | null {
  return FORMATS.get(name) ?? null;
}

function checkBy(name: (typeof ANY_LENGTH)[number] | (typeof SHORT)[number]): FormatCheck {
  const format = fullFormats[name];
  const rule = typeof format === 'object' && 'validate' in format ? format.validate : format;
  if (rule instanceof RegExp) return (text) => passes(rule, text);
  if (typeof rule === 'function') return (text) => (rule as (text: string) => unknown)(text) === true;
  throw new Error(`The format "${name}" has no check.`);
}

function passes(expression: RegExp, text: string): boolean {
  try {
    return expression.test(text);
  } catch (error) {
    // The engine's stack overflows on some texts of a megabyte.
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function isPattern(text: string): boolean {
  try {
    LinearPattern.compile(text);
    return true;
  } catch {
    return false;
  }
}
