import { type PromptContent, RENDERER, rendererFor } from '../../../templating/index.js';
import { quotePlaces, type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';
import {
  blankFences,
  blankMarkup,
  listOutputs,
  listParts,
  type Part,
  replacePart,
  toPlace,
} from './parts.js';

const ASSIGNED = /\{%-?\s*(?:assign|capture)\s+([\p{L}_][\p{L}\p{N}_-]*)[^%]*%\}/gu;
/** `{name}`, `${name}`, `<<name>>` and `[[name]]`: other template languages' variables, which are sent as they stand. */
const FOREIGN = /(?<![\\\w/}{=$])(?:\$?\{([a-z_]\w*)\}(?!\})|<<([a-z_]\w*)>>|\[\[([a-z_]\w*)\]\])/giu;
const MOST_EDITS = 2;
/** Between backticks, and Python's formatted strings. */
const CODE = /`[^`\n]*`|\bf"[^"\n]*"|\bf'[^'\n]*'/gu;
/** More of the same help nobody. */
const MOST_SUGGESTIONS = 20;

/**
 * Variables that nobody uses, and names that nobody declares.
 *
 * @param declared the variables that callers are known to send, such as those of a dataset's schema; null where that is not known.
 */
export function checkVariables(content: PromptContent, declared: readonly string[] | null): Suggestion[] {
  const parts = listParts(content);
  const used = rendererFor(RENDERER).compile(content).variables;
  const undeclared = declared === null ? [] : used.filter((name) => !declared.includes(name));
  const unused = (declared ?? []).filter((name) => !used.includes(name));
  // Whoever slipped has not left the other one out as well.
  const slips = unused.filter((name) => undeclared.some((each) => isNear(name, each)));
  return [
    ...parts.flatMap(findUnusedAssignments),
    ...unused.filter((name) => !slips.includes(name)).map((name) => describeUnused(name, used)),
    ...undeclared.map((name) => describeUndeclared(content, parts, name, slips)),
    ...findForeign(content, parts, [...used, ...(declared ?? [])]),
  ];
}

function findUnusedAssignments(part: Part): Suggestion[] {
  return Array.from(part.source.matchAll(ASSIGNED)).flatMap(({ 0: tag, 1: name = '', index }) => {
    const others = part.source.slice(0, index) + part.source.slice(index + tag.length);
    if (listNames(others).has(name)) return [];
    return [
      {
        kind: 'unused_variable',
        severity: 'info',
        title: `"${name}" is assigned and never used.`,
        evidence: quotePlaces([toPlace(part, index, index + tag.length)], { variable: name }),
        expectedEffect: UNKNOWN_EFFECT,
        patch: null,
      } satisfies Suggestion,
    ];
  });
}

function listNames(source: string): Set<string> {
  const markup = source.match(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/gu) ?? [];
  return new Set(markup.flatMap((each) => each.match(/[\p{L}_][\p{L}\p{N}_-]*/gu) ?? []));
}

function describeUnused(name: string, used: readonly string[]): Suggestion {
  return {
    kind: 'unused_variable',
    severity: 'warning',
    title: `Callers send "${name}", and the version does not use it.`,
    evidence: quotePlaces([], { variable: name, used }),
    expectedEffect: UNKNOWN_EFFECT,
    patch: null,
  };
}

/** @param slips declared names, unused, that somebody may have meant. */
function describeUndeclared(
  content: PromptContent,
  parts: readonly Part[],
  name: string,
  slips: readonly string[],
): Suggestion {
  const [meant, ...others] = slips.filter((each) => isNear(each, name));
  const places = parts.flatMap((part) =>
    listOutputs(part.source)
      .filter((output) => output.name === name)
      .map(({ begin, end }) => toPlace(part, begin, end)),
  );
  const isClear = meant !== undefined && others.length === 0 && places.length > 0;
  const title = `The version uses "${name}", which nobody declares`;
  return {
    kind: 'undeclared_variable',
    severity: 'error',
    title: meant === undefined ? `${title}.` : `${title}; did you mean "${meant}"?`,
    evidence: quotePlaces(places, { variable: name }),
    expectedEffect: UNKNOWN_EFFECT,
    patch: isClear ? { kind: 'content', content: rename(content, parts, name, meant) } : null,
  };
}

function rename(content: PromptContent, parts: readonly Part[], from: string, to: string): PromptContent {
  return parts.reduce((changed, part) => {
    const outputs = listOutputs(part.source).filter(({ name }) => name === from);
    const source = outputs.reduceRight((text, { begin, end }) => {
      return text.slice(0, begin) + text.slice(begin, end).replace(from, () => to) + text.slice(end);
    }, part.source);
    return replacePart(changed, part.pointer, source);
  }, content);
}

function findForeign(content: PromptContent, parts: readonly Part[], known: readonly string[]): Suggestion[] {
  return parts.flatMap((part) => {
    const text = blankInlineCode(blankFences(blankMarkup(part.source)));
    return [...text.matchAll(FOREIGN)].slice(0, MOST_SUGGESTIONS).map((match): Suggestion => {
      const name = match[1] ?? match[2] ?? match[3] ?? '';
      const [begin, end] = [match.index, match.index + match[0].length];
      const source = `${part.source.slice(0, begin)}{{${name}}}${part.source.slice(end)}`;
      return {
        kind: 'undeclared_variable',
        severity: known.includes(name) ? 'error' : 'warning',
        title: `"${match[0]}" is sent as it stands; a variable is written {{${name}}}.`,
        evidence: quotePlaces([toPlace(part, begin, end)], { variable: name }),
        expectedEffect: UNKNOWN_EFFECT,
        patch: { kind: 'content', content: replacePart(content, part.pointer, source) },
      };
    });
  });
}

function blankInlineCode(text: string): string {
  return text.replace(CODE, (match) => ' '.repeat(match.length));
}

/** Whether one name is the other with a slip of the fingers: a few insertions, deletions or replacements. */
function isNear(one: string, other: string): boolean {
  if (one.toLowerCase() === other.toLowerCase()) return true;
  if (Math.min(one.length, other.length) <= MOST_EDITS + 1) return false;
  return countEdits(one, other) <= MOST_EDITS;
}

function countEdits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let left = 1; left <= one.length; left += 1) {
    const next = [left];
    for (let right = 1; right <= other.length; right += 1) {
      const replaced = (row[right - 1] ?? 0) + (one[left - 1] === other[right - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[right] ?? 0) + 1, (next[right - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
