import { compactJson, readJson } from '../../../api/json-text';
import { Unusable } from '../unusable';

/** Params as they are typed: a number keeps its digits, and an empty text is none. */
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

/** The JSON of what was typed; null where nothing was. @throws Unusable for what is no number. */
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

/** The way back. Members that the playground has no field for are left out. */
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

/** Numbers of the outermost object, as they are written there. */
function numberTexts(json: string): Record<string, string> {
  const found: Record<string, string> = {};
  // Strings come first, so that nothing inside of one is taken for a member.
  for (const [, key, text] of json.matchAll(/"(\w+)":(-?\d[\d.eE+-]*)|"(?:[^"\\]|\\.)*"/g)) {
    if (key !== undefined && text !== undefined && !(key in found)) found[key] = text;
  }
  return found;
}

/** One line is one text, so a line break inside of it is written `\n`. */
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
