import { getMessage } from '../../kernel/index.js';
import { findMissing } from './find-missing.js';
import { type CollectedPrompts, collectPrompts } from './collect-prompts.js';
import { loadCodeConfig } from './config-file.js';
import { problemLines } from './problem-lines.js';
import { type Registered, Registration } from './registration.js';
import { retirePrompts } from './retire-prompts.js';
import { warnOfSchema } from '../prompt-files/warn-of-schema.js';
import { CliError } from '../terminal/cli-error.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { formatCount } from '../terminal/format-count.js';
import { print, printJson, printTable, warn } from '../terminal/output.js';

export interface RegisterFlags extends LedgerFlags {
  readonly config?: string;
  readonly repository?: string;
  readonly dryRun?: boolean;
  /** Retires prompts that the code no longer has. */
  readonly prune?: boolean;
  /** The environment whose pointers follow the code. */
  readonly environment?: string;
}

/** Tells the ledger which prompts the code has, which it no longer has, and which state of the code that is. */
export async function registerCommand(flags: RegisterFlags, folder = process.cwd()): Promise<void> {
  const { loaded, code } = await readCode(flags, folder);
  code.warnings.forEach(warn);
  const isDryRun = flags.dryRun === true;
  const isPruned = flags.prune ?? loaded.config.prune ?? false;
  const ledger = await connect(flags, loaded.config.url);
  const { missing, warning } = await findMissing(ledger, loaded, code);
  if (warning !== null) warn(warning);
  const registration = new Registration(ledger, code, flags.environment ?? null);
  await registration.run(isDryRun);
  const { registered, inFullMode } = registration;
  inFullMode.forEach((name) =>
    warn(`${name} is in full mode: the ledger manages its text. It was left out.`),
  );
  const gone = missing.map(({ name }) => name);
  for (const { name, file, line, warnings } of registered) warnOfSchema(warnings, `${file}:${line} ${name}:`);
  if (isPruned) await retirePrompts(ledger, gone, { git: code.git, isDryRun });
  if (flags.json === true) {
    const retired = isPruned ? gone : [];
    return printJson({
      registered,
      skipped: inFullMode,
      gone,
      retired,
      problems: [],
      git: code.git,
      dry_run: isDryRun,
    });
  }
  const rows = [
    ...registered.map((entry) => [
      entry.name,
      entry.version,
      describeResult(entry),
      `${entry.file}:${entry.line}`,
    ]),
    ...missing.map(({ name, active }) => {
      return [name, active?.versionNumber ?? null, isPruned ? 'retired' : 'gone', null];
    }),
  ];
  if (rows.length > 0) await printTable(['prompt', 'version', 'result', 'where'], rows);
  await print(summarize(registered, isDryRun));
  if (gone.length > 0) await print(goneLine(gone.length, { isPruned, isDryRun }));
}

/** @throws CliError when anything cannot be read. With `--json`, standard output also reports it. */
async function readCode(flags: RegisterFlags, folder: string) {
  let code: CollectedPrompts | null = null;
  try {
    const loaded = await loadCodeConfig(folder, flags);
    code = await collectPrompts(loaded);
    if (code.problems.length > 0) throw new CliError(problemLines(code.problems));
    return { loaded, code };
  } catch (error) {
    if (flags.json === true) {
      const { problems = [], git = null } = code ?? {};
      const nothing = { registered: [], skipped: [], gone: [], retired: [] };
      const message = getMessage(error);
      await printJson({ ...nothing, problems, message, git, dry_run: flags.dryRun === true });
    }
    throw error;
  }
}

function describeResult({ outcome, previous_version: before }: Registered): string {
  const wasBefore = before === null ? '' : `, before: ${before}`;
  return (outcome === 'metadata' ? 'described otherwise' : outcome) + wasBefore;
}

const COUNTED: readonly (readonly [Registered['outcome'], string])[] = [
  ['new', 'new'],
  ['changed', 'changed'],
  ['returned', 'back from retirement'],
  ['metadata', 'described otherwise'],
  ['unchanged', 'unchanged'],
];

function summarize(registered: readonly Registered[], isDryRun: boolean): string {
  const counts = COUNTED.map(([outcome, text]) => {
    return [registered.filter((entry) => entry.outcome === outcome).length, text] as const;
  });
  const parts = counts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
  const verb = isDryRun ? 'would be registered' : 'registered';
  const total = `${formatCount(registered.length, 'prompt')} ${verb}`;
  return parts.length === 0 ? `${total}.` : `${total}: ${parts.join(', ')}.`;
}

function goneLine(count: number, { isPruned, isDryRun }: { isPruned: boolean; isDryRun: boolean }): string {
  const what = `${formatCount(count, 'prompt')} of the ledger ${count === 1 ? 'is' : 'are'} no more in the code`;
  if (!isPruned) return `${what}. \`prompt-ledger register --prune\` retires ${count === 1 ? 'it' : 'them'}.`;
  return `${what}, and ${isDryRun ? 'would be' : count === 1 ? 'was' : 'were'} retired.`;
}
