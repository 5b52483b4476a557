import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatch, structuredPatch } from 'diff';
import { VersionsTooLongToCompareError } from '../errors.js';

/** A text and what it is called in the first lines of the diff. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export interface TextDiff {
  /** The diff as git writes it, including a missing newline at the end; empty when the texts are equal. */
  readonly unified: string;
  readonly hunks: readonly DiffHunk[];
}

/** Lines are counted from 1; of a side without lines the start is the line before, as in `@@`. */
export interface DiffHunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly DiffLine[];
}

export interface DiffLine {
  readonly type: 'context' | 'added' | 'removed';
  /** The line without its newline. */
  readonly text: string;
  /** Null for what was added. */
  readonly oldLine: number | null;
  /** Null for what was removed. */
  readonly newLine: number | null;
}

/**
 * Counted and not timed, so that the same texts always have the same diff. Within them the slowest pairs that were found
 * (long runs of one line, broken at different places) take 45 ms on one core of a two-core cloud machine.
 */
export const LIMITS = {
  /** The bound for one text. Each line is an object in the answer. */
  lines: 20_000,
  /** Lines added and removed together: the search costs the square of it. Beyond, one hunk replaces all. */
  edits: 500,
} as const;

const CONTEXT_LINES = 3;
/** The mark in a patch for a last line without a newline. */
const NO_NEWLINE = '\\';

/** @throws VersionsTooLongToCompareError `VERSIONS_TOO_LONG_TO_COMPARE` over the limit of lines. */
export function diffTexts(from: NamedText, to: NamedText): TextDiff {
  if (from.text === to.text) return { unified: '', hunks: [] };
  for (const { name, text } of [from, to]) {
    if (countLines(text, LIMITS.lines) > LIMITS.lines)
      throw new VersionsTooLongToCompareError(name, LIMITS.lines);
  }
  const patch = shortestPatch(from, to) ?? replacement(from, to);
  return { unified: formatPatch(patch, FILE_HEADERS_ONLY), hunks: patch.hunks.map(toHunk) };
}

/** Undefined when that is more than the limit of edits away. */
function shortestPatch(from: NamedText, to: NamedText): StructuredPatch | undefined {
  return structuredPatch(from.name, to.name, from.text, to.text, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: LIMITS.edits,
  });
}

function replacement(from: NamedText, to: NamedText): StructuredPatch {
  const removed = splitLines(from.text);
  const added = splitLines(to.text);
  const hunk = { oldStart: 1, oldLines: removed.length, newStart: 1, newLines: added.length };
  const lines = [...patchLines('-', removed), ...patchLines('+', added)];
  return {
    oldFileName: from.name,
    newFileName: to.name,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: [{ ...hunk, lines }],
  };
}

function patchLines(sign: '-' | '+', lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    line.endsWith('\n')
      ? [sign + line.slice(0, -1)]
      : [sign + line, `${NO_NEWLINE} No newline at end of file`],
  );
}

/** With their newlines. */
function splitLines(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== '');
}

/** Counts no further than to one more than `most`. */
function countLines(text: string, most: number): number {
  let count = 0;
  for (let start = 0; start < text.length && count <= most; count += 1) {
    const end = text.indexOf('\n', start);
    start = end === -1 ? text.length : end + 1;
  }
  return count;
}

function toHunk({
  oldStart,
  oldLines,
  newStart,
  newLines,
  lines,
}: StructuredPatch['hunks'][number]): DiffHunk {
  let oldLine = oldStart;
  let newLine = newStart;
  const shown = lines.filter((line) => !line.startsWith(NO_NEWLINE));
  return {
    oldStart: oldLines === 0 ? oldStart - 1 : oldStart,
    oldLines,
    newStart: newLines === 0 ? newStart - 1 : newStart,
    newLines,
    lines: shown.map((line): DiffLine => {
      const text = line.slice(1);
      if (line.startsWith('+')) return { type: 'added', text, oldLine: null, newLine: newLine++ };
      if (line.startsWith('-')) return { type: 'removed', text, oldLine: oldLine++, newLine: null };
      return { type: 'context', text, oldLine: oldLine++, newLine: newLine++ };
    }),
  };
}
