import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** @param {string[]} parts the parts of a path below the project. */
export function inProject(...parts) {
  return path.join(root, ...parts);
}

/** Returns a path in the build of this project, or in that of another commit in `root`. */
export function inBuild(root, ...parts) {
  return path.join(root, 'dist', 'src', ...parts);
}

/** Imports a module of the build. The import is dynamic, because the build only exists once the run has begun. */
export function importBuilt(file) {
  return import(new URL(`../../dist/src/${file}`, import.meta.url).href);
}
