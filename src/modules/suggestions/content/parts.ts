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
  /** The variables that are put out, in the order of the text; not those between raw and comment tags, which are plain text. */
  readonly outputs: readonly Output[];
  /** The source with what is markup, a comment or raw made blank, at the same offsets. */
  readonly prose: string;
}

/** A variable that is put out. */
export interface Output {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

export function listParts(content: PromptContent): Part[] {
  return finish(listPartsInSteps(content));
}

/** The same a little at a time. */
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

/** The name is not given back a letter at a time when the rest does not fit: names may be long. */
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

/** A piece of a template with its markup made blank, at the same offsets. Of a whole part there is {@link Part.prose}. */
export function blankMarkup(piece: string): string {
  return piece.replace(MARKUP, blank);
}

const FENCES = /```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)/gu;

/** The text with blocks of code made blank, at the same offsets: what stands in them is an example, not an instruction. */
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

/** Lines stay. */
function blank(piece: string): string {
  return piece.replace(/[^\n]/g, ' ');
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

const MOST_SUGGESTIONS = 20;
const MOST_PATCHED_CHARS = 400_000;

/** Counts the suggestions of one kind that are of use: each may have a patch, which is the whole content. */
export function countUseful(parts: readonly Part[]): number {
  const chars = parts.reduce((sum, { source }) => sum + source.length, 1);
  return Math.max(1, Math.min(MOST_SUGGESTIONS, Math.floor(MOST_PATCHED_CHARS / chars)));
}

const WINDOW = 8192;
/** Longer than what any of the patterns spans. */
const OVERLAP = 512;

interface FoundMatch {
  readonly match: RegExpExecArray;
  /** In the whole text. */
  readonly index: number;
}

/**
 * The matches of a pattern that looks ahead a bounded way, found in windows of the text with a turn after each: such a pattern takes
 * a constant time for each place at which it begins, but that constant may be hundreds.
 * @param pattern global.
 */
export function* matchInSteps(text: string, pattern: RegExp): Steps<FoundMatch[]> {
  const found: FoundMatch[] = [];
  for (let at = 0; at < text.length;) {
    // Words are not cut, unless there are none.
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
