import { compactJson, readJson } from '../../../api/json-text';
import { Unusable } from '../unusable';

/** Params as typed: numbers keep their digits, and an empty text means no value. */
export type ParamTexts = Readonly<Record<string, string>>;

export const PARAMS = [
  ['max_new_tokens', 'Max tokens'],
  ['temperature', 'Temperature'],
  ['top_p', 'Top p'],
  ['top_k', 'Top k'],
  ['repetition_penalty', 'Repetition penalty'],
  ['seed', 'Seed'],
] as const;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Returns the JSON of what was typed; null when nothing was. @throws Unusable for an invalid number. */
export function paramsOfTexts(texts: ParamTexts): Readonly<Record<string, unknown>> | null {
  const members: string[] = [];
  for (const [name, title] of PARAMS) {
    const text = texts[name]?.trim() ?? '';
    if (text === '') continue;
    if (!NUMBER.test(text)) throw new Unusable(`“${title}” takes a number such as 0.2.`);
    members.push(`"${name}":${text}`);
  }
  const stop = texts['stop'] ?? '';
  if (stop !== '') members.push(`"stop":${JSON.stringify(stop.split('\n').map(unescape))}`);
  if (members.length === 0) return null;
  return readJson(`{${members.join(',')}}`) as Readonly<Record<string, unknown>>;
}

/** Converts params back to texts, without members that have no field in the playground. */
export function textsOfParams(params: unknown): ParamTexts {
  if (typeof params !== 'object' || params === null) return {};
  const numbers = numberTexts(compactJson(params));
  const texts: Record<string, string> = {};
  for (const [name] of PARAMS) {
    const text = numbers[name];
    if (text !== undefined) texts[name] = text;
  }
  const { stop } = params as { stop?: unknown };
  const stops = typeof stop === 'string' ? [stop] : Array.isArray(stop) ? stop.map(String) : [];
  if (stops.length > 0) texts['stop'] = stops.map(escape).join('\n');
  return texts;
}

/** Returns the source texts of the numbers in the outermost object. */
function numberTexts(json: string): Record<string, string> {
  const found: Record<string, string> = {};
  // Strings come first in the pattern, so that nothing inside one looks like a member.
  for (const [, key, text] of json.matchAll(/"(\w+)":(-?\d[\d.eE+-]*)|"(?:[^"\\]|\\.)*"/g)) {
    if (key !== undefined && text !== undefined && !(key in found)) found[key] = text;
  }
  return found;
}

/** Each line is one text, so a line break inside one is written `\n`. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unescape(line: string): string {
  return line.replace(/\\(.)/g, (_whole, letter: string) => ESCAPES[letter] ?? letter);
}
