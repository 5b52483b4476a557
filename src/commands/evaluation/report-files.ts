import { open, rm, writeFile } from 'node:fs/promises';
import { getMessage } from '../../kernel/index.js';
import { CliError } from '../terminal/cli-error.js';
import { describeFailure } from '../terminal/describe-failure.js';
import { warn } from '../terminal/output.js';

/** The reports that a command writes on request. */
export interface ReportFiles {
  /** The path of a JUnit report. */
  readonly junit?: string;
  /** The path of a Markdown report, for a comment on a pull request. */
  readonly markdown?: string;
}

/**
 * Checks that the reports can be written before the experiment costs time and money. Leaves existing files unchanged.
 * @throws CliError for a path that cannot be written.
 */
export async function assertWritable({ junit, markdown }: ReportFiles): Promise<void> {
  for (const file of [junit, markdown]) if (file !== undefined) await tryToOpen(file);
}

async function tryToOpen(file: string): Promise<void> {
  try {
    const isNew = await createIfAbsent(file);
    if (isNew) return await rm(file);
    await (await open(file, 'a')).close();
  } catch (error) {
    throw new CliError(`${file} cannot be written: ${getMessage(error)}`);
  }
}

async function createIfAbsent(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Writes a report if a path was given. A failure is only a warning, because the verdict does not depend on the report. */
export async function writeReport(
  file: string | undefined,
  report: () => string | Promise<string>,
): Promise<void> {
  if (file === undefined) return;
  try {
    await writeFile(file, await report());
  } catch (error) {
    warn(`${file} was not written: ${describeFailure(error)?.message ?? getMessage(error)}`);
  }
}
