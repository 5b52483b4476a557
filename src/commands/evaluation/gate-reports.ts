import { EXIT } from '../terminal/cli-error.js';
import type { GateDecision } from './decide-gate.js';

const WORDS = {
  [EXIT.OK]: '✅ passes',
  [EXIT.NO]: '❌ fails',
  [EXIT.CANNOT_TELL]: '❔ cannot tell',
} as const;

/** Writes a suite with a case for each scorer: a worse candidate is a failure, an undecided one an error. */
export function gateJunit(name: string, decisions: readonly GateDecision[]): string {
  const failures = decisions.filter(({ exitCode }) => exitCode === EXIT.NO).length;
  const errors = decisions.filter(({ exitCode }) => exitCode === EXIT.CANNOT_TELL).length;
  const counts = `tests="${decisions.length}" failures="${failures}" errors="${errors}"`;
  const cases = decisions.map(({ scorer, exitCode, reason }) => {
    const head = `    <testcase classname="${attribute(name)}" name="${attribute(scorer)}"`;
    if (exitCode === EXIT.OK) return `${head}/>\n`;
    const kind = exitCode === EXIT.NO ? 'failure' : 'error';
    return `${head}><${kind} message="${attribute(reason)}"/></testcase>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n  <testsuite name="${attribute(name)}" ${counts}>\n${cases.join('')}  </testsuite>\n</testsuites>\n`;
}

/** Writes the head of a comment for a pull request. The report of the experiment follows. */
export function gateMarkdown(decisions: readonly GateDecision[]): string {
  const lines = decisions.map(
    ({ scorer, exitCode, reason }) =>
      `- **${WORDS[exitCode]}** by \`${scorer.replaceAll('`', "'")}\`: ${reason}`,
  );
  return `${lines.join('\n')}\n\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function attribute(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
    .replaceAll(/[\n\r\t]+/g, ' ')
    .replaceAll(/[^\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '?');
}
