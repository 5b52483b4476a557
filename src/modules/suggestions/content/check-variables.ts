import { distance } from 'fastest-levenshtein';
import type { Steps } from '../../../kernel/index.js';
import type { PromptContent } from '../../../templating/index.js';
import { quotePlaces, type Suggestion, UNKNOWN_EFFECT } from '../suggestion.js';
import { blankFences, countUseful, type Part, replacePart, toPlace } from './parts.js';

const ASSIGNING = /^\{%-?\s*(?:assign|capture)\s+(?=([\p{L}_][\p{L}\p{N}_-]*))\1/u;
/** Matches `{name}`, `${name}`, `<<name>>` and `[[name]]`: variables of other template languages, which are sent literally. */
const FOREIGN = /(?<![\\\w/}{=$])(?:\$?\{([a-z_]\w*)\}(?!\})|<<([a-z_]\w*)>>|\[\[([a-z_]\w*)\]\])/giu;
const MOST_EDITS = 2;
/** Matches text between backticks, and Python's formatted strings. */
const CODE = /`[^`\n]*`|\bf"[^"\n]*"|\bf'[^'\n]*'/gu;
/** Skips the search for typos beyond this many variables or this length of a name. */
const MOST_NAMES = 200;
const MOST_NAME_CHARS = 100;
/** Names listed in the evidence. */
const MOST_NAMED = 50;

export interface KnownVariables {
  /** Variables used by the version. */
  readonly used: readonly string[];
  /** Variables that callers are known to send, such as those of a schema; null if unknown. */
  readonly declared: readonly string[] | null;
}

/** Finds unused variables and undeclared names. */
export function* checkVariables(
  content: PromptContent,
  parts: readonly Part[],
  { used, declared }: KnownVariables,
): Steps<Suggestion[]> {
  const most = countUseful(parts);
  const [inUse, known] = [new Set(used), new Set(declared)];
  const undeclared = declared === null ? [] : used.filter((name) => !known.has(name));
  const unused = [...known].filter((name) => !inUse.has(name));
  const slips = yield* findSlips(undeclared, unused);
  // A name that a typo stands for is not also reported as unused.
  const meant = new Set([...slips.values()].flat());
  const found: Suggestion[] = [];
  for (const part of parts) {
    found.push(...(yield* findUnusedAssignments(part)));
    yield;
  }
  const left = unused.filter((name) => !meant.has(name));
  found.splice(most);
  found.push(...left.slice(0, most).map((name) => describeUnused(name, used.slice(0, MOST_NAMED))));
  for (const name of undeclared.slice(0, most)) {
    found.push(describeUndeclared(content, parts, name, slips.get(name) ?? []));
    yield;
  }
  return [...found, ...(yield* findForeign(content, parts, { known: new Set([...used, ...known]), most }))];
}

/** Maps each undeclared name to the declared names that may have been meant. */
function* findSlips(
  undeclared: readonly string[],
  unused: readonly string[],
): Steps<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const names = unused.filter(({ length }) => length <= MOST_NAME_CHARS).slice(0, MOST_NAMES);
  for (const name of undeclared.slice(0, MOST_NAMES)) {
    if (name.length > MOST_NAME_CHARS) continue;
    found.set(
      name,
      names.filter((each) => isNear(each, name)),
    );
    yield;
  }
  return found;
}

const NAME = /[\p{L}_][\p{L}\p{N}_-]*/gu;

function* findUnusedAssignments(part: Part): Steps<Suggestion[]> {
  const assignments: { readonly name: string; readonly begin: number; readonly end: number }[] = [];
  const mentions = new Map<string, number>();
  const mention = (name: string, times: number) => mentions.set(name, (mentions.get(name) ?? 0) + times);
  for (const { kind, begin, end } of part.markup) {
    if (kind === 'inert') continue;
    const source = part.source.slice(begin, end);
    const assigned = ASSIGNING.exec(source)?.[1];
    if (assigned !== undefined) assignments.push({ name: assigned, begin, end });
    // An assignment that reads its own variable does not use it.
    for (const [name] of source.matchAll(NAME)) if (name !== assigned) mention(name, 1);
    yield;
  }
  const writes = new Map<string, number>();
  for (const { name } of assignments) writes.set(name, (writes.get(name) ?? 0) + 1);
  return assignments
    .filter(({ name }) => !mentions.has(name) && writes.get(name) === 1)
    .map(({ name, begin, end }) => ({
      kind: 'unused_variable',
      severity: 'info',
      title: `"${name}" is assigned and never used.`,
      evidence: quotePlaces([toPlace(part, begin, end)], { variable: name }),
      expectedEffect: UNKNOWN_EFFECT,
      patch: null,
    }));
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

/** @param slips unused declared names that may have been meant. */
function describeUndeclared(
  content: PromptContent,
  parts: readonly Part[],
  name: string,
  slips: readonly string[],
): Suggestion {
  const [meant, ...others] = slips;
  const places = parts.flatMap((part) =>
    part.outputs
      .filter((output) => output.name === name)
      .slice(0, MOST_NAMED)
      .map(({ begin, end }) => toPlace(part, begin, end)),
  );
  const isClear = meant !== undefined && others.length === 0 && places.length > 0;
  const title = `The version uses "${name}", which is not declared`;
  return {
    kind: 'undeclared_variable',
    severity: 'error',
    title: meant === undefined ? `${title}.` : `${title}; did you mean "${meant}"?`,
    evidence: quotePlaces(places.slice(0, MOST_NAMED), { variable: name }),
    expectedEffect: UNKNOWN_EFFECT,
    patch: isClear ? { kind: 'content', content: rename(content, parts, name, meant) } : null,
  };
}

function rename(content: PromptContent, parts: readonly Part[], from: string, to: string): PromptContent {
  return parts.reduce((changed, part) => {
    let [text, at] = ['', 0];
    for (const { name, begin, end } of part.outputs) {
      if (name !== from) continue;
      text += part.source.slice(at, begin) + part.source.slice(begin, end).replace(from, () => to);
      at = end;
    }
    return at === 0 ? changed : replacePart(changed, part.pointer, text + part.source.slice(at));
  }, content);
}

function* findForeign(
  content: PromptContent,
  parts: readonly Part[],
  { known, most }: { readonly known: ReadonlySet<string>; readonly most: number },
): Steps<Suggestion[]> {
  const found: Suggestion[] = [];
  for (const part of parts) {
    const text = blankInlineCode(blankFences(part.prose));
    yield;
    for (const match of text.matchAll(FOREIGN)) {
      if (found.length >= most) return found;
      found.push(describeForeign(content, part, match, known));
      yield;
    }
  }
  return found;
}

function describeForeign(
  content: PromptContent,
  part: Part,
  match: RegExpExecArray,
  known: ReadonlySet<string>,
): Suggestion {
  const name = match[1] ?? match[2] ?? match[3] ?? '';
  const [begin, end] = [match.index, match.index + match[0].length];
  const source = `${part.source.slice(0, begin)}{{${name}}}${part.source.slice(end)}`;
  return {
    kind: 'undeclared_variable',
    severity: known.has(name) ? 'error' : 'warning',
    title: `"${match[0]}" is sent as it stands; a variable is written {{${name}}}.`,
    evidence: quotePlaces([toPlace(part, begin, end)], { variable: name }),
    expectedEffect: UNKNOWN_EFFECT,
    patch: { kind: 'content', content: replacePart(content, part.pointer, source) },
  };
}

function blankInlineCode(text: string): string {
  return text.replace(CODE, (match) => ' '.repeat(match.length));
}

/** Returns whether two names differ only by a typo: a few insertions, deletions or replacements. */
function isNear(one: string, other: string): boolean {
  if (one.toLowerCase() === other.toLowerCase()) return true;
  if (Math.min(one.length, other.length) <= MOST_EDITS + 1) return false;
  if (Math.abs(one.length - other.length) > MOST_EDITS) return false;
  return distance(one, other) <= MOST_EDITS;
}
