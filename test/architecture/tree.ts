import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(__dirname, '../..');

/** Folders of .gitignore and of editors. The tree is read without git, because an unpacked archive has none. */
const SKIPPED_FOLDERS = new Set([
  '.git',
  '.idea',
  '.prompt-ledger',
  '.vscode',
  'coverage',
  'dist',
  'node_modules',
]);
const SKIPPED_FILE = /^\.env$|\.log$|\.tsbuildinfo$/;

/** Lists all files of the project below a folder, as sorted paths from its root with forward slashes. */
export function listFiles(folder = '.'): string[] {
  const entries = readdirSync(path.join(ROOT, folder), { withFileTypes: true });
  return entries
    .flatMap((entry) => {
      const file = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : listFiles(file);
      return entry.isFile() && !SKIPPED_FILE.test(entry.name) ? [file] : [];
    })
    .sort();
}

/** Lists the files that end up in `dist`, without the tests beside the sources. */
export function listSources(): string[] {
  return listFiles('src').filter((file) => file.endsWith('.ts') && !/\.(spec|testkit)\.ts$/.test(file));
}

/** @param file a path from {@link listFiles} */
export function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}
