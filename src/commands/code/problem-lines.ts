import { oneLine } from '../terminal/output.js';
import type { CodeProblem } from './code-prompt.js';

/** `src/prompts.ts:12: …`, one line each, as editors and terminals make links of. */
export function problemLines(problems: readonly CodeProblem[]): string {
  return problems
    .map(({ file, line, message }) => oneLine(`${file}:${line}: ${message.replace(/\.$/, '')}.`))
    .join('\n');
}
