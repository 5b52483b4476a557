import type { Budget } from './budget.js';

/** Up to this length the engine's search costs at most this many times the text; a longer pattern uses our own search. */
const SHORT_PATTERN = 32;
/** The cost of finding a place and of cutting or replacing there. */
const STEPS_PER_FIND = 4;

/** Whether the text contains the pattern, in linear time. */
export function contains(text: string, pattern: string, budget: Budget): boolean {
  return findAll(text, pattern, budget, 1).length > 0 || pattern === '';
}

/**
 * Returns the offsets of the first `max` occurrences that do not overlap; none for an empty pattern. V8's `indexOf`, and with it `split`
 * and `replaceAll`, takes quadratic time to search `aaaa…` for `aa…aba…aa`: measured 5 s for 200 KB and half as much pattern.
 * Knuth-Morris-Pratt does not.
 */
export function findAll(text: string, pattern: string, budget: Budget, max = Infinity): number[] {
  if (pattern === '' || pattern.length > text.length) return [];
  if (pattern.length <= SHORT_PATTERN) {
    budget.spendText(text.length * pattern.length);
    return findShort(text, pattern, budget, max);
  }
  budget.spendChars(text.length + pattern.length);
  return findLong(text, pattern, budget, max);
}

function findShort(text: string, pattern: string, budget: Budget, max: number): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(pattern); at !== -1 && found.length < max; at = text.indexOf(pattern, at)) {
    budget.spend(STEPS_PER_FIND);
    found.push(at);
    at += pattern.length;
  }
  return found;
}

function findLong(text: string, pattern: string, budget: Budget, max: number): number[] {
  const found: number[] = [];
  const borders = computeBorders(pattern);
  let matched = 0;
  for (let at = 0; at < text.length && found.length < max; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && pattern.charCodeAt(matched) !== unit) matched = borders[matched - 1] ?? 0;
    if (pattern.charCodeAt(matched) === unit) matched += 1;
    if (matched === pattern.length) {
      budget.spend(STEPS_PER_FIND);
      found.push(at + 1 - matched);
      matched = 0;
    }
  }
  return found;
}

/** Returns the length of the longest proper border of each prefix. */
function computeBorders(pattern: string): Int32Array {
  const borders = new Int32Array(pattern.length);
  let length = 0;
  for (let at = 1; at < pattern.length; at += 1) {
    const unit = pattern.charCodeAt(at);
    while (length > 0 && pattern.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
    if (pattern.charCodeAt(length) === unit) length += 1;
    borders[at] = length;
  }
  return borders;
}
