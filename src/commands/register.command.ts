import { collectPrompts } from './code/collect-prompts.js';
import { loadConfig } from './code/config-file.js';
import { problemLines } from './code/problem-lines.js';
import { type Registered, Registration } from './code/registration.js';
import { CliError } from './terminal/cli-error.js';
import { connect, type LedgerFlags } from './terminal/connection.js';
import { print, printJson, printTable, warn } from './terminal/output.js';

export interface RegisterFlags extends LedgerFlags {
  readonly config?: string;
  readonly dryRun?: boolean;
}

/** Tells the ledger what the code has now, and which state of the code that is. */
export async function registerCommand(flags: RegisterFlags, folder = process.cwd()): Promise<void> {
  const loaded = await loadConfig(folder, flags.config);
  const code = await collectPrompts(loaded);
  if (code.problems.length > 0) throw new CliError(problemLines(code.problems));
  if (code.prompts.length === 0) throw new CliError(`${loaded.file} leads to no prompt.`);
  code.warnings.forEach(warn);
  const registration = new Registration(await connect(flags, loaded.config.url), code);
  await registration.run(flags.dryRun === true);
  const { registered, inFullMode } = registration;
  inFullMode.forEach((name) =>
    warn(`${name} is in full mode: the ledger manages its text. It was left out.`),
  );
  if (flags.json === true) {
    return printJson({ registered, skipped: inFullMode, git: code.git, dry_run: flags.dryRun === true });
  }
  const rows = registered.map(({ name, version, previous_version: before, file, line }) => {
    return [name, version, before, `${file}:${line}`];
  });
  if (rows.length > 0) await printTable(['prompt', 'version', 'before', 'where'], rows);
  await print(summaryOf(registered, flags.dryRun === true));
}

function summaryOf(registered: readonly Registered[], isDryRun: boolean): string {
  const changed = registered.filter((entry) => entry.change_detected).length;
  const verb = isDryRun ? 'would be registered' : 'registered';
  return `${registered.length} prompts ${verb}, ${changed} of them changed.`;
}
