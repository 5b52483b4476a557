// The first steps of every script. The version check comes before anything that an old Node might fail on.
import './node-version.mjs';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { hasSources, inProject } from './project.mjs';

export { ensureBuilt, ensureInstalled };

/**
 * Installs and builds what is missing, and runs the program in this process, so that signals reach it.
 *
 * @param {'main' | 'worker' | 'cli'} name the name of the file in `src`.
 */
export async function runEntry(name) {
  const entry = inProject('dist', 'src', `${name}.js`);
  try {
    if (hasSources()) {
      await ensureInstalled();
      await ensureBuilt();
    }
    if (!existsSync(entry)) throw new Error(explainMissing(name));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  await import(pathToFileURL(entry).href);
}

function explainMissing(name) {
  const file = `dist/src/${name}.js`;
  return hasSources()
    ? `${file} is missing though the build worked: there is no src/${name}.ts.`
    : `${file} is missing and there are no sources to build it from: build the image again, or run \`npm start\` in a clone.`;
}
