import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatch, structuredPatch } from 'diff';
import { VersionsTooLongToCompareError } from '../errors.js';

/** A text and its name in the header of the diff. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export interface TextDiff {
  /** The diff in git's format, including a missing newline at the end. Empty when the texts are equal. */
  readonly unified: string;
  readonly hunks: readonly DiffHunk[];
}

/** Lines are counted from 1. For a side without lines the start is the line before the hunk, as in `@@`. */
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
  /** Null for an added line. */
  readonly oldLine: number | null;
  /** Null for a removed line. */
  readonly newLine: number | null;
}

/**
 * Bounds by count and not by time, so that the same texts always have the same diff. Within these bounds the slowest pairs found (long runs
 * of one line, broken at different places) take 45 ms on one core of a two-core cloud machine.
 */
export const LIMITS = {
  /** Maximum for one text. Each line is an object in the answer. */
  lines: 20_000,
  /** Lines added and removed together. The search costs their square; beyond this bound one hunk replaces everything. */
  edits: 500,
} as const;

const CONTEXT_LINES = 3;
/** The mark in a patch for a last line without a newline. */
const NO_NEWLINE = '\\';

/** @throws VersionsTooLongToCompareError `VERSIONS_TOO_LONG_TO_COMPARE` for a text of too many lines. */
export function diffTexts(from: NamedText, to: NamedText): TextDiff {
  if (from.text === to.text) return { unified: '', hunks: [] };
  for (const { name, text } of [from, to]) {
    if (countLines(text, LIMITS.lines) > LIMITS.lines)
      throw new VersionsTooLongToCompareError(name, LIMITS.lines);
  }
  const patch = shortestPatch(from, to) ?? replacement(from, to);
  return { unified: formatPatch(patch, FILE_HEADERS_ONLY), hunks: patch.hunks.map(toHunk) };
}

/** Returns undefined when the texts are more edits apart than the limit allows. */
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

/** Keeps the newlines. */
function splitLines(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== '');
}

/** Stops counting at `most` + 1. */
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
