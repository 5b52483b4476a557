import { finish, type Steps } from '../../../kernel/index.js';
import type { PromptContent } from '../../../templating/index.js';
import type { Place } from '../suggestion.js';
import { type Markup, scanMarkup } from './scan-markup.js';

export type PartRole = 'system' | 'user' | 'assistant' | 'text';

/** One template of a version. */
export interface Part {
  readonly role: PartRole;
  readonly pointer: string;
  readonly source: string;
  readonly markup: readonly Markup[];
  /** The variables in the output, in the order of the text, without those inside raw and comment tags, which are plain text. */
  readonly outputs: readonly Output[];
  /** The source with markup, comments and raw blocks blanked out, at the same offsets. */
  readonly prose: string;
}

/** A variable in the output. */
export interface Output {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

export function listParts(content: PromptContent): Part[] {
  return finish(listPartsInSteps(content));
}

/** Lists the parts of a content in small steps. */
export function* listPartsInSteps(content: PromptContent): Steps<Part[]> {
  const parts: Part[] = [];
  for (const template of listTemplates(content)) {
    const { source } = template;
    const markup = scanMarkup(source);
    yield;
    const outputs = listOutputs(source, markup);
    yield;
    parts.push({ ...template, markup, outputs, prose: blankOut(source, markup) });
    yield;
  }
  return parts;
}

type TemplatePart = Pick<Part, 'role' | 'pointer' | 'source'>;

function listTemplates(content: PromptContent): TemplatePart[] {
  if (content.kind === 'text')
    return [{ role: 'text', pointer: '/template_source', source: content.templateSource }];
  return content.messages.map(({ role, content: source }, nth) => ({
    role,
    pointer: `/messages/${nth}/content`,
    source,
  }));
}

/** The lookahead keeps the pattern from backtracking letter by letter, because names may be long. */
const OUTPUT = /^\{\{-?\s*(?=([\p{L}_][\p{L}\p{N}_-]*))\1[^{}]*\}\}$/u;

function listOutputs(source: string, markup: readonly Markup[]): Output[] {
  return markup.flatMap(({ kind, begin, end }) => {
    if (kind !== 'output') return [];
    const name = OUTPUT.exec(source.slice(begin, end))?.[1];
    // The hyphen of `{{name-}}` trims white space.
    return name === undefined ? [] : [{ name: name.replace(/-$/u, ''), begin, end }];
  });
}

const MARKUP = /\{\{[^{}]*\}\}|\{%[^%]*%\}/gu;

/** Blanks out the markup of a piece of a template, at the same offsets. For a whole part, use {@link Part.prose}. */
export function blankMarkup(piece: string): string {
  return piece.replace(MARKUP, blank);
}

const FENCES = /```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)/gu;

/** Blanks out code blocks, at the same offsets, because they contain examples, not instructions. */
export function blankFences(source: string): string {
  return source.replace(FENCES, blank);
}

function blankOut(source: string, markup: readonly Markup[]): string {
  let [text, at] = ['', 0];
  for (const { begin, end } of markup) {
    text += source.slice(at, begin) + blank(source.slice(begin, end));
    at = end;
  }
  return text + source.slice(at);
}

/** Keeps line breaks. */
function blank(piece: string): string {
  return piece.replace(/[^\n]/g, ' ');
}

export function toPlace({ pointer, source }: Part, begin: number, end: number): Place {
  return { pointer, begin, end, text: source.slice(begin, end) };
}

/** Returns the content with the text of one part replaced. */
export function replacePart(content: PromptContent, pointer: string, source: string): PromptContent {
  if (content.kind === 'text') return { ...content, templateSource: source };
  return {
    ...content,
    messages: content.messages.map((message, nth) =>
      pointer === `/messages/${nth}/content` ? { ...message, content: source } : message,
    ),
  };
}

/** Vendors count differently. For prose in Latin script a token is about four characters. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

const MOST_SUGGESTIONS = 20;
const MOST_PATCHED_CHARS = 400_000;

/** Returns how many suggestions of one kind to make. Each may have a patch, which contains the whole content. */
export function countUseful(parts: readonly Part[]): number {
  const chars = parts.reduce((sum, { source }) => sum + source.length, 1);
  return Math.max(1, Math.min(MOST_SUGGESTIONS, Math.floor(MOST_PATCHED_CHARS / chars)));
}

const WINDOW = 8192;
/** Longer than any match of the patterns. */
const OVERLAP = 512;

interface FoundMatch {
  readonly match: RegExpExecArray;
  /** Index in the whole text. */
  readonly index: number;
}

/**
 * Finds the matches of a pattern with bounded look-ahead in windows of the text, and yields after each. Such a pattern takes constant time
 * per starting point, but that constant may be hundreds.
 * @param pattern with the flag `g`.
 */
export function* matchInSteps(text: string, pattern: RegExp): Steps<FoundMatch[]> {
  const found: FoundMatch[] = [];
  for (let at = 0; at < text.length;) {
    // Do not split words, unless there is no white space.
    const space = text.slice(at + WINDOW, at + WINDOW + OVERLAP).search(/\s/u);
    const next = at + WINDOW + Math.max(0, space);
    for (const match of text.slice(at, next + OVERLAP).matchAll(pattern)) {
      if (match.index < next - at) found.push({ match, index: at + match.index });
    }
    at = next;
    yield;
  }
  return found;
}
