import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** @param {string[]} parts of a path below the project. */
export function inProject(...parts) {
  return path.join(root, ...parts);
}

/** The build of this project, or of another commit's in `root`. */
export function inBuild(root, ...parts) {
  return path.join(root, 'dist', 'src', ...parts);
}

/** One module of the build. By its address and not by a static import: there is a build only when the run has begun. */
export function importBuilt(file) {
  return import(new URL(`../../dist/src/${file}`, import.meta.url).href);
}
