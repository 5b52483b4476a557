import type { Steps } from '../../../kernel/index.js';
import type { PromptContent } from '../../../templating/index.js';
import { quotePlaces, type Suggestion } from '../suggestion.js';
import { blankFences, countUseful, estimateTokens, type Part, replacePart, toPlace } from './parts.js';

interface Sentence {
  readonly part: Part;
  readonly begin: number;
  readonly end: number;
  readonly words: readonly string[];
  readonly distinct: ReadonlySet<string>;
}

/** Words that make a sentence more polite or urgent without changing its meaning. */
const FILLERS = new Set(
  (
    'a always also an and are be carefully do ensure ever important in is it kindly make must of please remember should sure that ' +
    'the to will you your very'
  ).split(' '),
);
const NOT = new Set(['never', 'not', "don't", 'don’t', 'dont', 'avoid', 'cannot', "can't", 'without']);
const SENTENCE = /[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]*/gu;
const FEWEST_WORDS = 2;
const FEWEST_CHARS = 16;
/** A longer sentence is not an instruction. */
const MOST_CHARS = 2000;
/** The share of all words of both sentences that must occur in each. */
const ALIKE = 0.8;
const FEWEST_WORDS_ALIKE = 6;
/** Bounds the comparisons, because every sentence is compared with every other. */
const MOST_SENTENCES = 600;

/** Finds repeated instructions. They cost tokens, and contradict each other when only one of them is changed. */
export function* checkRepetition(content: PromptContent, parts: readonly Part[]): Steps<Suggestion[]> {
  const isFewShot = parts.some(({ role }) => role === 'assistant');
  // Examples repeat the instructions that they illustrate.
  const instructions = parts.filter(({ role }) => role !== 'assistant' && (role === 'system' || !isFewShot));
  const sentences: Sentence[] = [];
  for (const part of instructions) {
    yield* listSentences(part, sentences);
    yield;
  }
  const most = countUseful(parts);
  const found: Suggestion[] = [];
  const repeated = new Set<Sentence>();
  for (const [nth, sentence] of sentences.entries()) {
    if (found.length >= most) break;
    if (repeated.has(sentence)) continue;
    yield;
    const again = sentences.slice(nth + 1).filter((other) => isSame(sentence, other));
    if (again.length === 0) continue;
    for (const each of again) repeated.add(each);
    found.push(suggest(content, [sentence, ...again]));
  }
  return found;
}

/** Adds the sentences of a part, up to the limit. */
function* listSentences(part: Part, sentences: Sentence[]): Steps<void> {
  for (const { 0: text, index } of blankFences(part.source).matchAll(SENTENCE)) {
    if (sentences.length >= MOST_SENTENCES) return;
    if (text.length > MOST_CHARS) continue;
    const lead = /^[\s\-*•>#\d.)]*/u.exec(text)?.[0].length ?? 0;
    const trimmed = text.slice(lead).trimEnd();
    const words = listWords(trimmed);
    if (words.length < FEWEST_WORDS || trimmed.length < FEWEST_CHARS) continue;
    const begin = index + lead;
    sentences.push({ part, begin, end: begin + trimmed.length, words, distinct: new Set(words) });
    yield;
  }
}

function listWords(text: string): string[] {
  const words = text.toLowerCase().match(/\{\{[^{}]*\}\}|[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu) ?? [];
  return words.filter((word) => !FILLERS.has(word)).map((word) => (NOT.has(word) ? 'not' : word));
}

function isSame(one: Sentence, other: Sentence): boolean {
  const [words, others] = [one.distinct, other.distinct];
  const common = countCommon(words, others);
  if (common === null) return false;
  const all = words.size + others.size - common;
  if (common === all) return one.words.length === other.words.length;
  // "Do" and "do not" are different instructions, and so are different figures, however many words they share.
  const different = [...words, ...others].filter((word) => !words.has(word) || !others.has(word));
  if (different.some((word) => word === 'not' || /\d|\{\{/u.test(word))) return false;
  return Math.min(words.size, others.size) >= FEWEST_WORDS_ALIKE && common / all >= ALIKE;
}

/** Counts the words that two sentences share; null as soon as there are certainly too few. */
function countCommon(words: ReadonlySet<string>, others: ReadonlySet<string>): number | null {
  const total = words.size + others.size;
  // With this many words in both, the two are alike: common / (total − common) ≥ ALIKE.
  const needed = (ALIKE * total) / (1 + ALIKE) - 1e-9;
  let spare = words.size - needed;
  if (spare < 0 || others.size < needed) return null;
  let common = 0;
  for (const word of words) {
    if (others.has(word)) common += 1;
    else if ((spare -= 1) < 0) return null;
  }
  return common;
}

function suggest(content: PromptContent, sentences: readonly Sentence[]): Suggestion {
  const [first, ...again] = sentences;
  const saved = again.reduce((sum, { begin, end }) => sum + end - begin, 0);
  const isExact = again.every((each) => read(each) === (first === undefined ? '' : read(first)));
  return {
    kind: 'repeated_instruction',
    severity: 'info',
    title: `The same instruction appears in ${sentences.length} places.`,
    evidence: quotePlaces(sentences.map(({ part, begin, end }) => toPlace(part, begin, end))),
    expectedEffect: { costUsd30d: null, tokens: -estimateTokens(saved), passRate: null },
    patch: isExact && again.every(isPlain) ? { kind: 'content', content: removeAll(content, again) } : null,
  };
}

function read({ part, begin, end }: Sentence): string {
  return part.source.slice(begin, end);
}

/** Returns whether a sentence contains no tag, which might open a block that ends elsewhere. */
function isPlain(sentence: Sentence): boolean {
  return !read(sentence).includes('{%');
}

function removeAll(content: PromptContent, sentences: readonly Sentence[]): PromptContent {
  const byPart = new Map<Part, Sentence[]>();
  for (const sentence of sentences)
    byPart.set(sentence.part, [...(byPart.get(sentence.part) ?? []), sentence]);
  return [...byPart].reduce((changed, [part, ofPart]) => {
    const source = removeEach(part.source, ofPart);
    // An empty message would be refused.
    return source.trim() === '' ? changed : replacePart(changed, part.pointer, source);
  }, content);
}

/** Removes each sentence, with its line if it is alone there, or with the preceding space. @param sentences in the order of the text. */
function removeEach(text: string, sentences: readonly Sentence[]): string {
  let [kept, at] = ['', 0];
  for (const { begin, end } of sentences) {
    const lineBegin = text.lastIndexOf('\n', begin - 1) + 1;
    const newline = text.indexOf('\n', end);
    const lineEnd = newline === -1 ? text.length : newline + 1;
    const isAlone =
      lineBegin >= at && isBare(text, lineBegin, begin, LEAD) && isBare(text, end, lineEnd, /\s/u);
    const from = isAlone ? lineBegin : findSpaceBefore(text, begin);
    kept += text.slice(at, Math.max(at, from));
    at = isAlone ? lineEnd : end;
  }
  return at === text.length ? kept.trimEnd() : kept + text.slice(at);
}

const LEAD = /[\s\-*•>#\d.)]/u;

/** Returns whether a range contains only the character. Stops at the first other character, because a line may be the whole text. */
function isBare(text: string, begin: number, end: number, character: RegExp): boolean {
  for (let at = begin; at < end; at += 1) if (!character.test(text[at] ?? '')) return false;
  return true;
}

function findSpaceBefore(text: string, begin: number): number {
  let at = begin;
  while (at > 0 && /\s/u.test(text[at - 1] ?? '')) at -= 1;
  return at;
}
