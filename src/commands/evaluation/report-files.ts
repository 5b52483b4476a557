import { open, rm, writeFile } from 'node:fs/promises';
import { getMessage } from '../../kernel/index.js';
import { CliError } from '../terminal/cli-error.js';
import { describeFailure } from '../terminal/describe-failure.js';
import { warn } from '../terminal/output.js';

/** The files that a command was asked to write. */
export interface ReportFiles {
  /** For what shows tests. */
  readonly junit?: string;
  /** A comment for a pull request. */
  readonly markdown?: string;
}

/**
 * Looks before the work whether its reports can be written, because an experiment costs time and money. What is there stays as it is.
 * @throws CliError
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

/** Writes a report, if it was asked for. A failure is a warning, because the verdict stands without the report. */
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
