import type { PromptContent } from '../../../templating/index.js';
import type { Place } from '../suggestion.js';

export type PartRole = 'system' | 'user' | 'assistant' | 'text';

/** One template of a version. */
export interface Part {
  readonly role: PartRole;
  readonly pointer: string;
  readonly source: string;
}

/** A variable that is put out. */
export interface Output {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

export function listParts(content: PromptContent): Part[] {
  if (content.kind === 'text')
    return [{ role: 'text', pointer: '/template_source', source: content.templateSource }];
  return content.messages.map(({ role, content: source }, nth) => ({
    role,
    pointer: `/messages/${nth}/content`,
    source,
  }));
}

const OUTPUT = /\{\{-?\s*([\p{L}_][\p{L}\p{N}_-]*)[^{}]*?-?\}\}/gu;

/** Where variables are put out, in the order of the text; not those between raw and comment tags, which are plain text. */
export function listOutputs(source: string): Output[] {
  const text = blankOut(source, INERT);
  return Array.from(text.matchAll(OUTPUT), ({ 0: markup, 1: name = '', index }) => ({
    name,
    begin: index,
    end: index + markup.length,
  }));
}

const INERT = /\{%-?\s*(raw|comment)\s*-?%\}[\s\S]*?\{%-?\s*end\1\s*-?%\}/gu;
const MARKUP = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/gu;
const FENCES = /```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)/gu;

/** The text with what is markup, a comment or raw made blank, at the same offsets. */
export function blankMarkup(source: string): string {
  return blankOut(blankOut(source, INERT), MARKUP);
}

/** The text with blocks of code made blank, at the same offsets: what stands in them is an example, not an instruction. */
export function blankFences(source: string): string {
  return blankOut(source, FENCES);
}

function blankOut(text: string, pattern: RegExp): string {
  return text.replace(pattern, (match) =>
    match.replace(/[^\n]/gu, (character) => ' '.repeat(character.length)),
  );
}

export function toPlace({ pointer, source }: Part, begin: number, end: number): Place {
  return { pointer, begin, end, text: source.slice(begin, end) };
}

/** The content with the text of one part replaced. */
export function replacePart(content: PromptContent, pointer: string, source: string): PromptContent {
  if (content.kind === 'text') return { ...content, templateSource: source };
  return {
    ...content,
    messages: content.messages.map((message, nth) =>
      pointer === `/messages/${nth}/content` ? { ...message, content: source } : message,
    ),
  };
}

/** Vendors count differently; for prose in Latin script a token is about four characters. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
