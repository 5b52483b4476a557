import { lstat, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { glob } from 'tinyglobby';
import { CliError } from '../terminal/cli-error.js';
import { parsePromptFile } from './parse-prompt-file.js';
import { PROMPT_FILE_SUFFIX, type PromptFile, PromptFileError } from './prompt-file.js';

/** A file that was read from a folder. */
export interface FoundPromptFile extends PromptFile {
  /** The name in the file, or that of its path: `team/welcome.prompt.md` holds `team/welcome`. */
  readonly name: string;
  /** Relative to the folder, with forward slashes. */
  readonly file: string;
}

/** A file that cannot be imported. */
export interface PromptFileProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Reads every prompt file of a folder and its subfolders, in order of their paths. Does not follow links. */
export async function readPromptFolder(
  folder: string,
): Promise<{ files: FoundPromptFile[]; problems: PromptFileProblem[] }> {
  const root = await realpath(folder).catch(() => {
    throw new CliError(`There is no folder ${folder}.`);
  });
  const found = await glob(`**/*${PROMPT_FILE_SUFFIX}`, { cwd: root, dot: true, followSymbolicLinks: false });
  const files: FoundPromptFile[] = [];
  const problems: PromptFileProblem[] = [];
  for (const file of found.sort()) {
    try {
      const prompt = parsePromptFile(await readText(path.join(root, file)));
      files.push({ ...prompt, name: prompt.name ?? nameOfPath(file), file });
    } catch (error) {
      if (!(error instanceof PromptFileError)) throw error;
      problems.push({ file, line: error.line, message: error.message });
    }
  }
  return { files, problems };
}

export function nameOfPath(file: string): string {
  return file.slice(0, -PROMPT_FILE_SUFFIX.length);
}

/**
 * Reads the text of a file, byte for byte.
 * @throws PromptFileError when it is not UTF-8
 */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new PromptFileError(1, 'The file is not UTF-8.');
  }
}

export type Written = 'created' | 'updated' | 'unchanged';

/**
 * Writes a file below a folder unless it already has this content.
 * @param file with forward slashes, from `assignFilePaths`
 * @throws CliError when a link on the way leads out of the folder
 */
export async function writeBelow(
  folder: string,
  file: string,
  text: string,
  { dryRun }: { dryRun: boolean },
): Promise<Written> {
  const full = path.join(folder, ...file.split('/'));
  const before = await readFile(full, 'utf8').catch(() => null);
  if (before === text) return 'unchanged';
  if (!dryRun) {
    await refuseLinks(folder, full);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, text);
  }
  return before === null ? 'created' : 'updated';
}

/** Runs before anything is created, because a link in the folder may point anywhere. */
async function refuseLinks(folder: string, full: string): Promise<void> {
  const isLink = await lstat(full).then(
    (file) => file.isSymbolicLink(),
    () => false,
  );
  const root = await realpath(folder);
  const parent = await realpathOfNearest(path.dirname(full));
  if (isLink || (parent !== root && !parent.startsWith(root + path.sep))) {
    throw new CliError(`${full} is a link, or in one that leads out of ${folder}: nothing is written there.`);
  }
}

async function realpathOfNearest(folder: string): Promise<string> {
  return realpath(folder).catch(() => realpathOfNearest(path.dirname(folder)));
}
