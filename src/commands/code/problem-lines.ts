import { oneLine } from '../terminal/output.js';
import type { CodeProblem } from './code-prompt.js';

/** Writes `src/prompts.ts:12: …`, one line each, which editors and terminals turn into links. */
export function problemLines(problems: readonly CodeProblem[]): string {
  return problems
    .map(({ file, line, message }) => oneLine(`${file}:${line}: ${message.replace(/\.$/, '')}.`))
    .join('\n');
}
