import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { LedgerClient, SchemaWarning } from '../../../sdk/src/index.js';
import { readPrompts } from '../code/tracked-prompts.js';
import { problemLines } from '../code/problem-lines.js';
import { type CodeState, Registration } from '../code/registration.js';
import { findWorkingTree, NO_GIT_FACTS, readGitFacts } from '../git/git-facts.js';
import { checkFiles, type PlannedImport, planImport } from './plan-import.js';
import { type FoundPromptFile, readPromptFolder } from '../prompt-files/prompt-folder.js';
import { warnOfSchema } from '../prompt-files/warn-of-schema.js';
import { contentFields } from '../prompt-files/wire.js';
import { CliError } from '../terminal/cli-error.js';
import { concurrently } from '../terminal/concurrently.js';
import { connect, type LedgerFlags } from '../terminal/connection.js';
import { formatCount } from '../terminal/format-count.js';
import { note, print, printJson, printTable } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';

export interface ImportFlags extends LedgerFlags {
  readonly dryRun?: boolean;
  readonly by?: string;
  readonly message?: string;
}

/**
 * Brings the ledger in line with the files of a folder. Everything is checked before anything is written. Prompts that are not in
 * the folder stay unchanged.
 */
export async function importCommand(folder: string, flags: ImportFlags): Promise<void> {
  const { files, problems } = await readPromptFolder(folder);
  if (files.length + problems.length === 0) throw new CliError(`There is no *.prompt.md in ${folder}.`);
  const ledger = await connect(flags);
  const names = files.map(({ name }) => name);
  const plan = planImport(files, await readPrompts(ledger, [...new Set(names)]));
  const all = [...problems, ...checkFiles(files), ...plan.problems];
  if (all.length > 0) throw new CliError(`${problemLines(all)}\nNothing was written.`);
  const changes = plan.imports.filter(({ result }) => result !== 'unchanged');
  if (flags.dryRun !== true) await write(ledger, folder, changes, flags);
  const rows = plan.imports.map(({ prompt, result }) => ({ name: prompt.name, file: prompt.file, result }));
  if (flags.json === true) return printJson({ prompts: rows, dry_run: flags.dryRun === true });
  const news = rows.filter(({ result }) => result !== 'unchanged');
  if (news.length > 0)
    await printTable(
      ['prompt', 'file', 'result'],
      news.map((row) => [row.name, row.file, row.result]),
    );
  const verb = flags.dryRun === true ? 'would be imported' : 'imported';
  await print(`${formatCount(news.length, 'prompt')} ${verb}, ${rows.length - news.length} unchanged.`);
}

async function write(
  ledger: LedgerClient,
  folder: string,
  changes: readonly PlannedImport[],
  flags: ImportFlags,
): Promise<void> {
  const isTracked = ({ prompt }: PlannedImport) => prompt.mode === 'tracking';
  const tracked = changes.filter(isTracked).map(({ prompt }) => prompt);
  const managed = changes.filter((change) => !isTracked(change)).map(({ prompt }) => prompt);
  if (tracked.length > 0) await registerTracked(ledger, await readCodeState(folder, tracked));
  const progress = new Progress('prompts imported', managed.length);
  let written = 0;
  const warned: { readonly where: string; readonly warnings: readonly SchemaWarning[] }[] = [];
  try {
    await concurrently(managed, async (prompt) => {
      const { warnings } = await ledger.prompts.put(prompt.name, toRequest(prompt, flags));
      written += 1;
      progress.add();
      warned.push({ where: `${prompt.file}:`, warnings });
    });
  } catch (error) {
    progress.done();
    note(
      `${tracked.length + written} of ${formatCount(changes.length, 'prompt')} imported before this; run it again for the rest.`,
    );
    throw error;
  }
  progress.done();
  warned.sort((one, other) => (one.where < other.where ? -1 : 1));
  for (const { where, warnings } of warned) warnOfSchema(warnings, where);
}

async function registerTracked(ledger: LedgerClient, code: CodeState): Promise<void> {
  const registration = new Registration(ledger, code);
  await registration.run(false);
  for (const { file, warnings } of registration.registered) warnOfSchema(warnings, `${file}:`);
}

function toRequest({ content, description, ownerTeam, tags }: FoundPromptFile, { by, message }: ImportFlags) {
  return {
    ...contentFields(content),
    ...(description === undefined ? {} : { description }),
    ...(ownerTeam === undefined ? {} : { owner_team: ownerTeam }),
    ...(tags === undefined ? {} : { tags }),
    set_active: true,
    created_by: by ?? null,
    commit_message: message ?? null,
  };
}

/** Builds what `register` would send, with the commit, and with paths from the root of the repository. */
async function readCodeState(folder: string, files: readonly FoundPromptFile[]): Promise<CodeState> {
  const { root } = await findWorkingTree(folder);
  const real = await realpath(folder);
  const paths = files.map(({ file }) => path.join(real, file));
  const prompts = files.map(({ mode: _, ...prompt }, index) => ({
    ...prompt,
    file: path
      .relative(root ?? real, paths[index] ?? '')
      .split(path.sep)
      .join('/'),
  }));
  return { prompts, git: root === null ? NO_GIT_FACTS : await readGitFacts(root, paths) };
}
