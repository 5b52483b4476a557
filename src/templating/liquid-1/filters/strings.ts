import type { JsonData } from '../../content/json-data.js';
import type { Budget } from '../budget.js';
import { findAll } from '../search.js';
import { countCodePoints, toText } from '../values.js';
import { filter } from '../filter.js';
import type { Filter } from '../filter.js';
import { toNumber } from './numbers.js';
import { lowerCase, offsetOfChar, splitWords, upperCase } from './text.js';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

const STEPS_PER_MATCH = 6;

/** Makes a filter on text: input and arguments are converted to text and paid for. */
function onText(minArgs: number, maxArgs: number, change: TextChange): Filter {
  return filter(minArgs, maxArgs, (input, args, budget) => {
    const [text = '', ...texts] = [input, ...args].map((value) => readText(value, budget));
    return change(text, texts, budget);
  });
}
type TextChange = (text: string, args: readonly string[], budget: Budget) => JsonData;

function readText(value: JsonData, budget: Budget): string {
  const text = toText(value, budget);
  budget.spendText(text.length);
  return text;
}

/** Case follows Unicode, never a locale. */
export const stringFilters = {
  append: onText(1, 1, (text, [other = '']) => text + other),
  prepend: onText(1, 1, (text, [other = '']) => other + text),
  upcase: onText(0, 0, (text, _args, budget) => upperCase(text, budget)),
  downcase: onText(0, 0, (text, _args, budget) => lowerCase(text, budget)),
  capitalize: onText(0, 0, (text, _args, budget) => {
    const [first = ''] = text;
    return upperCase(first, budget) + lowerCase(text.slice(first.length), budget);
  }),
  strip: onText(0, 0, (text) => text.trim()),
  lstrip: onText(0, 0, (text) => text.trimStart()),
  rstrip: onText(0, 0, (text) => text.trimEnd()),
  squish: onText(0, 0, (text, _args, budget) => splitWords(text, Infinity, budget).join(' ')),
  strip_newlines: onText(0, 0, (text, _args, budget) => replaceMatches(text, /\r?\n/g, () => '', budget)),
  escape: onText(0, 0, (text, _args, budget) =>
    replaceMatches(text, /[&<>"']/g, (char) => ESCAPES[char] ?? char, budget),
  ),
  replace: onText(2, 2, (text, [from = '', to = ''], budget) =>
    replaceText(text, from, to, Infinity, budget),
  ),
  replace_first: onText(2, 2, (text, [from = '', to = ''], budget) => replaceText(text, from, to, 1, budget)),
  remove: onText(1, 1, (text, [from = ''], budget) => replaceText(text, from, '', Infinity, budget)),
  remove_first: onText(1, 1, (text, [from = ''], budget) => replaceText(text, from, '', 1, budget)),
  split: onText(1, 1, (text, [separator = ''], budget) => splitText(text, separator, budget)),
  truncate: filter(0, 2, (input, [length = 50, ending = '...'], budget) =>
    truncate(readText(input, budget), toNumber(length, budget), readText(ending, budget), budget),
  ),
  truncatewords: filter(0, 2, (input, [count = 15, ending = '...'], budget) =>
    truncateWords(readText(input, budget), toNumber(count, budget), readText(ending, budget), budget),
  ),
};

/** An empty pattern has no matches. */
function replaceText(text: string, from: string, to: string, max: number, budget: Budget): string {
  const found = findAll(text, from, budget, max);
  budget.spendText(text.length + found.length * to.length);
  let replaced = '';
  let begin = 0;
  for (const at of found) {
    replaced += text.slice(begin, at) + to;
    begin = at + from.length;
  }
  return replaced + text.slice(begin);
}

/** Drops empty texts at the end, as Liquid does. An empty separator splits by characters. */
function splitText(text: string, separator: string, budget: Budget): string[] {
  if (separator === '') budget.spend(text.length);
  const parts = separator === '' ? Array.from(text) : cutAt(text, separator, budget);
  while (parts.at(-1) === '') parts.pop();
  return parts;
}

function cutAt(text: string, separator: string, budget: Budget): string[] {
  const parts: string[] = [];
  let begin = 0;
  for (const at of findAll(text, separator, budget)) {
    parts.push(text.slice(begin, at));
    begin = at + separator.length;
  }
  return [...parts, text.slice(begin)];
}

/** Truncates to this many characters, including the ending. */
function truncate(text: string, length: number, ending: string, budget: Budget): string {
  if (text.length <= length) return text;
  budget.spendChars(2 * text.length + ending.length);
  if (countCodePoints(text) <= length) return text;
  const kept = Math.max(0, Math.trunc(length) - countCodePoints(ending));
  return text.slice(0, offsetOfChar(text, kept)) + ending;
}

/** Truncates to this many words, at least one, joined by single spaces. A text that is short enough stays unchanged. */
function truncateWords(text: string, count: number, ending: string, budget: Budget): string {
  const kept = Math.max(1, Math.trunc(count));
  const words = splitWords(text, kept, budget);
  return words.length <= kept ? text : words.slice(0, kept).join(' ') + ending;
}

/** Works like `text.replace` and pays for each match, because a text may consist of matches only. */
function replaceMatches(
  text: string,
  pattern: RegExp,
  replacement: (match: string) => string,
  budget: Budget,
): string {
  budget.spendChars(text.length);
  return text.replace(pattern, (match) => {
    budget.spend(STEPS_PER_MATCH);
    return replacement(match);
  });
}
