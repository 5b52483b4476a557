import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { inBuild, inProject } from '../project.mjs';
import { freePort, startService } from './service-process.mjs';

const run = promisify(execFile);
const API_KEY = 'bench-admin-key';
/** Short, because requests in the first second are measured, and it must not pass unnoticed. */
const POLL_MS = 10;
const KEY_HASH_SECRET = 'bench-key-hash-secret-of-32-bytes';

/** The settings of every process of the ledger. Everything else has the product's default. */
const SETTINGS = {
  NODE_ENV: 'production',
  HOST: '127.0.0.1',
  API_KEY,
  KEY_HASH_SECRET,
  OPENAI_API_KEY: 'sk-bench',
};

/** The features that are published with the figures, which mean nothing without them. */
export const FEATURES = [
  'authentication by API key and scopes on every request',
  'validation of every field, unknown fields refused',
  'lineage: execution, input, attempt, output and usage, all committed before the answer',
  'row-level security; the database role owns nothing',
  'durability: fsync, full_page_writes and synchronous_commit on',
  'logging at the production default (info, JSON, to a file)',
];

/**
 * @typedef {object} Ledger
 * @property {string} url without a slash at the end.
 * @property {Record<string, string>} headers for requests with a body.
 * @property {import('./service-process.mjs').ServiceProcess} process
 * @property {(method: string, path: string, body?: unknown) => Promise<any>} call throws unless the answer is 2xx.
 */

/** Migrates the database and allows the models of the catalogue, as an operator would. */
export async function prepareDatabase(databaseUrl, root) {
  const env = { PATH: process.env.PATH, ...SETTINGS, DATABASE_URL: databaseUrl };
  for (const command of ['migrate', 'seed']) {
    await run(process.execPath, [inBuild(root, 'cli.js'), command], { env });
  }
}

/**
 * Starts the API in its own process, which includes the consumer unless `env` has `WORKER=off`.
 *
 * @param {import('../scope.mjs').Scope} scope
 * @param {object} options
 * @param {string} options.tempDir
 * @param {Record<string, string>} options.env at least `DATABASE_URL`.
 * @param {string} [options.root] the project of the build, by default this one.
 * @param {string} [options.readyPath] a path that answers 200 once the service is ready.
 * @param {string[]} [options.nodeArgs]
 * @returns {Promise<Ledger>}
 */
export async function startLedger(
  scope,
  { tempDir, env, root = inProject(), readyPath = '/health', nodeArgs = [] },
) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = await startService(scope, {
    name: 'ledger',
    program: process.execPath,
    args: [...nodeArgs, inBuild(root, 'main.js')],
    env: { ...SETTINGS, ...env, PORT: String(port) },
    cwd: await mkdtemp(path.join(tempDir, 'ledger-')),
    isReady: () => isHealthy(url + readyPath),
    pollMs: POLL_MS,
  });
  const headers = { 'content-type': 'application/json', 'x-api-key': API_KEY };
  return { url, headers, process: service, call: (...request) => call(url, headers, ...request) };
}

/** Starts the consumer alone. */
export async function startWorker(scope, { tempDir, env, root = inProject() }) {
  return startService(scope, {
    name: 'worker',
    program: process.execPath,
    args: [inBuild(root, 'worker.js')],
    env: { ...SETTINGS, ...env },
    cwd: await mkdtemp(path.join(tempDir, 'worker-')),
    isReady: async (log) => (await log()).includes('worker ready'),
  });
}

/** @param {string} url the URL of `/health` or `/health/ready`. */
export async function isHealthy(url) {
  return fetch(url).then(
    (response) => response.status === 200,
    () => false,
  );
}

async function call(url, headers, method, pathname, body) {
  const response = await fetch(url + pathname, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${pathname}: ${response.status} ${text}`);
  return JSON.parse(text);
}
