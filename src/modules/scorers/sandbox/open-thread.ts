import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Bounds for JavaScript outside the engine, whose memory is limited separately. WebAssembly uses this stack too. */
const RESOURCES = { maxOldGenerationSizeMb: 256, stackSizeMb: 8 } as const;

/** Node does not run TypeScript. Tests, which run from source, load the program with jiti, as the command line loads configurations. */
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
