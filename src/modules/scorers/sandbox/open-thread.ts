import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** The bounds of JavaScript beside the engine, whose memory is counted by itself. The stack is also the one of WebAssembly. */
const RESOURCES = { maxOldGenerationSizeMb: 256, stackSizeMb: 8 } as const;

/** Node runs no TypeScript, and tests run from source: there the program is loaded as the command line loads a configuration. */
const LOAD_SOURCE = `
const { file, jiti } = require('node:worker_threads').workerData;
require(jiti).createJiti(file).import(file);`;

/** Starts a thread without environment variables, so that code cannot reveal them. */
export function openThread(): Worker {
  const extension = extname(__filename);
  const file = join(__dirname, `sandbox-thread${extension}`);
  const options = { env: {}, resourceLimits: RESOURCES, stdin: false } as const;
  if (extension !== '.ts') return new Worker(file, options);
  const jiti = createRequire(__filename).resolve('jiti');
  return new Worker(LOAD_SOURCE, { ...options, eval: true, workerData: { file, jiti } });
}
