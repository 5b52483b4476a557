import type { PromptContent } from '../../../templating/index.js';
import { quotePlaces, type Suggestion } from '../suggestion.js';
import { blankFences, estimateTokens, listParts, type Part, replacePart, toPlace } from './parts.js';

interface Sentence {
  readonly part: Part;
  readonly begin: number;
  readonly end: number;
  readonly words: readonly string[];
  readonly distinct: ReadonlySet<string>;
}

/** What makes a sentence more polite or more urgent, and not another one. */
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
/** How many of both sentences' words have to be in each. */
const ALIKE = 0.8;
const FEWEST_WORDS_ALIKE = 6;
/** Each is compared with each. */
const MOST_SENTENCES = 600;

/** The same instruction twice: it costs tokens, and when one of the two is changed they contradict each other. */
export function checkRepetition(content: PromptContent): Suggestion[] {
  const parts = listParts(content);
  const isFewShot = parts.some(({ role }) => role === 'assistant');
  // Examples repeat what they are examples of.
  const instructions = parts.filter(({ role }) => role !== 'assistant' && (role === 'system' || !isFewShot));
  const sentences = instructions.flatMap(listSentences).slice(0, MOST_SENTENCES);
  const found: Suggestion[] = [];
  const repeated = new Set<Sentence>();
  for (const [nth, sentence] of sentences.entries()) {
    if (repeated.has(sentence)) continue;
    const again = sentences.slice(nth + 1).filter((other) => isSame(sentence, other));
    if (again.length === 0) continue;
    for (const each of again) repeated.add(each);
    found.push(suggest(content, [sentence, ...again]));
  }
  return found;
}

function listSentences(part: Part): Sentence[] {
  return Array.from(blankFences(part.source).matchAll(SENTENCE)).flatMap(({ 0: text, index }) => {
    const lead = /^[\s\-*•>#\d.)]*/u.exec(text)?.[0].length ?? 0;
    const trimmed = text.slice(lead).trimEnd();
    const words = listWords(trimmed);
    if (words.length < FEWEST_WORDS || trimmed.length < FEWEST_CHARS) return [];
    return [
      { part, begin: index + lead, end: index + lead + trimmed.length, words, distinct: new Set(words) },
    ];
  });
}

function listWords(text: string): string[] {
  const words = text.toLowerCase().match(/\{\{.*?\}\}|[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu) ?? [];
  return words.filter((word) => !FILLERS.has(word)).map((word) => (NOT.has(word) ? 'not' : word));
}

function isSame(one: Sentence, other: Sentence): boolean {
  const [words, others] = [one.distinct, other.distinct];
  const common = [...words].filter((word) => others.has(word)).length;
  const all = words.size + others.size - common;
  if (common === all) return one.words.length === other.words.length;
  // "Do" and "do not", and other figures, are other instructions however many words they share.
  const different = [...words, ...others].filter((word) => !words.has(word) || !others.has(word));
  if (different.some((word) => word === 'not' || /\d|\{\{/u.test(word))) return false;
  return Math.min(words.size, others.size) >= FEWEST_WORDS_ALIKE && common / all >= ALIKE;
}

function suggest(content: PromptContent, sentences: readonly Sentence[]): Suggestion {
  const [first, ...again] = sentences;
  const saved = again.reduce((sum, { begin, end }) => sum + end - begin, 0);
  const isExact = again.every((each) => read(each) === (first === undefined ? '' : read(first)));
  return {
    kind: 'repeated_instruction',
    severity: 'info',
    title: `The same instruction stands in ${sentences.length} places.`,
    evidence: quotePlaces(sentences.map(({ part, begin, end }) => toPlace(part, begin, end))),
    expectedEffect: { costUsd30d: null, tokens: -estimateTokens(saved), passRate: null },
    patch: isExact && again.every(isPlain) ? { kind: 'content', content: removeAll(content, again) } : null,
  };
}

function read({ part, begin, end }: Sentence): string {
  return part.source.slice(begin, end);
}

/** A tag within may open a block that ends elsewhere. */
function isPlain(sentence: Sentence): boolean {
  return !read(sentence).includes('{%');
}

function removeAll(content: PromptContent, sentences: readonly Sentence[]): PromptContent {
  const byPart = new Map<Part, Sentence[]>();
  for (const sentence of sentences)
    byPart.set(sentence.part, [...(byPart.get(sentence.part) ?? []), sentence]);
  return [...byPart].reduce((changed, [part, ofPart]) => {
    const source = ofPart.reduceRight((text, sentence) => removeOne(text, sentence), part.source);
    // A message of nothing is refused.
    return source.trim() === '' ? changed : replacePart(changed, part.pointer, source);
  }, content);
}

/** With its line, if it is alone there; otherwise with the space before it. */
function removeOne(text: string, { begin, end }: Sentence): string {
  const lineBegin = text.lastIndexOf('\n', begin - 1) + 1;
  const newline = text.indexOf('\n', end);
  const lineEnd = newline === -1 ? text.length : newline + 1;
  const isAlone =
    /^[\s\-*•>#\d.)]*$/u.test(text.slice(lineBegin, begin)) && text.slice(end, lineEnd).trim() === '';
  if (!isAlone) return text.slice(0, begin).trimEnd() + text.slice(end);
  const rest = text.slice(lineEnd);
  return rest === '' ? text.slice(0, lineBegin).trimEnd() : text.slice(0, lineBegin) + rest;
}
