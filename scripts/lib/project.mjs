import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Holds stamps and locks; npm leaves the folder alone. */
export const cacheDir = path.join(root, 'node_modules', '.cache', 'prompt-ledger');

/** False in a production image, which has `dist` and no sources. */
export function hasSources() {
  return existsSync(path.join(root, 'src')) && existsSync(path.join(root, 'nest-cli.json'));
}

/** @param {string[]} parts the parts of a path below the project. */
export function inProject(...parts) {
  return path.join(root, ...parts);
}
