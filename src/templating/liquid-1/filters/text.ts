import type { Budget } from '../budget.js';

const ASCII = /^[\0-\x7f]*$/;

/** The engine looks up each character beyond ASCII in tables. */
export function upperCase(text: string, budget: Budget): string {
  if (!ASCII.test(text)) budget.spend(text.length);
  return text.toUpperCase();
}

export function lowerCase(text: string, budget: Budget): string {
  if (!ASCII.test(text)) budget.spend(text.length);
  return text.toLowerCase();
}

/** Returns the offset of the character (code point) with that number, counted from `start`; the length when there are fewer. */
export function offsetOfChar(text: string, number: number, start = 0): number {
  // A character takes one or two units.
  if (number >= text.length - start) return text.length;
  let offset = start;
  for (let count = 0; count < number && offset < text.length; count += 1) {
    const isPair =
      (text.charCodeAt(offset) & 0xfc00) === 0xd800 && (text.charCodeAt(offset + 1) & 0xfc00) === 0xdc00;
    offset += isPair ? 2 : 1;
  }
  return offset;
}

/** Splits at white space. @param max the most words; the rest of the text is not examined. */
export function splitWords(text: string, max: number, budget: Budget): string[] {
  budget.spendChars(text.length);
  const words: string[] = [];
  for (const [word] of text.matchAll(/\S+/g)) {
    budget.spend(STEPS_PER_WORD);
    words.push(word);
    if (words.length > max) break;
  }
  return words;
}

const STEPS_PER_WORD = 6;
