import { getMessage } from '../../kernel/index.js';
import { type Comparison, compareInCode, compareMissing } from '../code/compare-prompts.js';
import {
  DRIFT,
  githubAnnotation,
  githubProblem,
  githubReport,
  describeComparison,
  textReport,
} from './reports.js';
import { findMissing } from '../code/find-missing.js';
import { readPrompts, toDescribedPrompt } from '../code/tracked-prompts.js';
import { type CollectedPrompts, collectPrompts } from '../code/collect-prompts.js';
import { loadCodeConfig } from '../code/config-file.js';
import { problemLines } from '../code/problem-lines.js';
import { EXIT, type ExitCode } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { describeFailure } from '../terminal/describe-failure.js';
import { coloursFor, note, print, printable, printJson, warn } from '../terminal/output.js';

export interface CheckFlags extends LedgerFlags {
  readonly config?: string;
  readonly repository?: string;
  readonly format?: 'text' | 'github' | 'json';
  /** Reports differences without failing. */
  readonly allowDrift?: boolean;
}

/**
 * Compares the prompts in the code with the active ones: exits with 0 when they match, 1 when not (0 where differences are allowed), and 2
 * when
 * that cannot be told. It writes nothing, so a key with `prompts:read` is enough.
 */
export async function checkCommand(flags: CheckFlags, folder = process.cwd()): Promise<ExitCode> {
  const format = flags.json === true ? 'json' : (flags.format ?? 'text');
  try {
    const loaded = await loadCodeConfig(folder, flags);
    const code = await collectPrompts(loaded);
    if (code.problems.length > 0) return await tellProblems(code, format);
    const ledger = await connect(flags, loaded.config.url);
    const names = code.prompts.map(({ name }) => name);
    const tracked = new Map(
      (await readPrompts(ledger, names)).map((prompt) => [prompt.name, toDescribedPrompt(prompt)]),
    );
    const inCode = code.prompts.map((prompt) => compareInCode(prompt, tracked.get(prompt.name)));
    const { missing, warning } = await findMissing(ledger, loaded, code);
    const warnings = [...code.warnings, ...(warning === null ? [] : [warning])];
    const comparisons = [...inCode, ...missing.map(compareMissing)];
    return await tellComparisons(comparisons, { ...code, warnings }, { ...flags, format });
  } catch (error) {
    const failure = describeFailure(error);
    if (failure === null && format === 'text') throw error;
    return tellFailure(failure?.message ?? getMessage(error), format);
  }
}

async function tellComparisons(
  comparisons: readonly Comparison[],
  { git, warnings }: CollectedPrompts,
  { format, allowDrift = false }: Pick<CheckFlags, 'format' | 'allowDrift'>,
): Promise<ExitCode> {
  const hasDrift = comparisons.some(({ state }) => DRIFT.includes(state));
  if (format === 'json') {
    await printJson({ result: hasDrift ? 'drift' : 'same', prompts: comparisons, git, warnings });
  } else {
    warnings.forEach(warn);
    comparisons
      .filter(({ state }) => state === 'full')
      .forEach((comparison) => warn(describeComparison(comparison)));
    const report =
      format === 'github'
        ? githubReport(comparisons, allowDrift ? 'warning' : 'error')
        : textReport(comparisons, coloursFor(process.stdout));
    await print(report);
  }
  return hasDrift && !allowDrift ? EXIT.NO : EXIT.OK;
}

async function tellProblems(
  { problems, git, warnings }: CollectedPrompts,
  format: CheckFlags['format'],
): Promise<ExitCode> {
  if (format === 'json') await printJson({ result: 'unknown', problems, git, warnings });
  else if (format === 'github') await print(problems.map(githubProblem).join('\n'));
  else note(problemLines(problems));
  return EXIT.CANNOT_TELL;
}

async function tellFailure(message: string, format: CheckFlags['format']): Promise<ExitCode> {
  if (format === 'json') await printJson({ result: 'unknown', message });
  else if (format === 'github') {
    await print(githubAnnotation({ file: null, line: null, title: 'Prompts cannot be checked', message }));
  } else note(printable(message));
  return EXIT.CANNOT_TELL;
}
