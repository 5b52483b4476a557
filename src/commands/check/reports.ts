import { colourDiff } from '../terminal/colour-diff.js';
import { type Colours, oneLine } from '../terminal/output.js';
import { formatCount } from '../terminal/format-count.js';
import type { CodeProblem } from '../code/code-prompt.js';
import type { Comparison, PromptState } from '../code/compare-prompts.js';

/** The states in which code and ledger disagree. */
export const DRIFT: readonly PromptState[] = ['changed', 'metadata', 'new', 'retired', 'missing'];

const SENTENCES: Readonly<Record<PromptState, (comparison: Comparison) => string>> = {
  same: ({ name }) => `${name} is as the ledger has it.`,
  full: ({ name }) => `${name} is in full mode: the ledger manages its text, and the code's is not used.`,
  changed: ({ name, active_version }) =>
    `${name} differs from version ${active_version}, which is active in the ledger.`,
  metadata: ({ name }) => `${name} has another description, team or tags in the ledger.`,
  new: ({ name }) => `${name} is not in the ledger yet.`,
  retired: ({ name }) => `${name} is retired in the ledger, and the code has it.`,
  missing: ({ name }) => `${name} is tracked in the ledger and no more in the code.`,
};

const COUNTED: Readonly<Partial<Record<PromptState, string>>> = {
  metadata: 'described otherwise',
  retired: 'back from retirement',
};

export function describeComparison(comparison: Comparison): string {
  return SENTENCES[comparison.state](comparison);
}

/** Writes a report for people: each difference with its diff, and a count. */
export function textReport(comparisons: readonly Comparison[], colours: Colours): string {
  const drifted = comparisons.filter(({ state }) => DRIFT.includes(state));
  const parts = drifted.map((comparison) => {
    const { diff } = comparison;
    const sentence = colours.bold(oneLine(describeComparison(comparison)));
    return [sentence, ...(diff === null ? [] : [colourDiff(diff, colours)]), ''].join('\n');
  });
  return [...parts, summarize(comparisons)].join('\n');
}

export function summarize(comparisons: readonly Comparison[]): string {
  const count = (state: PromptState) => comparisons.filter((comparison) => comparison.state === state).length;
  const drift = DRIFT.map((state) => [state, count(state)] as const).filter(([, number]) => number > 0);
  const total = formatCount(comparisons.length, 'prompt');
  if (drift.length === 0) return `${total}: what is in the code is what is active.`;
  const parts = drift.map(([state, number]) => `${number} ${COUNTED[state] ?? state}`).join(', ');
  const register = count('missing') > 0 ? 'register --prune' : 'register';
  return `${total}: ${parts}. \`prompt-ledger ${register}\` makes the ledger follow the code.`;
}

export type AnnotationLevel = 'error' | 'warning';

/** Writes commands of GitHub's runner, one for each difference. */
export function githubReport(comparisons: readonly Comparison[], level: AnnotationLevel): string {
  const drifted = comparisons.filter(({ state }) => DRIFT.includes(state));
  const annotations = drifted.map((comparison) =>
    githubAnnotation(
      {
        file: comparison.file,
        line: comparison.line,
        title: `Prompt ${comparison.name} is ${COUNTED[comparison.state] ?? comparison.state}`,
        message: [describeComparison(comparison), comparison.diff ?? ''].join('\n').trimEnd(),
      },
      level,
    ),
  );
  return [...annotations, summarize(comparisons)].join('\n');
}

export function githubProblem({ file, line, message }: CodeProblem): string {
  return githubAnnotation({ file, line, title: 'Prompts cannot be read', message });
}

interface Annotation {
  readonly file: string | null;
  readonly line: number | null;
  readonly title: string;
  readonly message: string;
}

export function githubAnnotation(
  { file, line, title, message }: Annotation,
  level: AnnotationLevel = 'error',
): string {
  const properties = { file, line, title };
  const written = Object.entries(properties)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${level} ${written.join(',')}::${escapeData(message)}`;
}

/** Escapes a value for the runner: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
