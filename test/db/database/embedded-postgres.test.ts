import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { transformFile } from '@swc/core';
import { Client } from 'pg';
import {
  attachEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  EmbeddedPostgresError,
  HomeInUseError,
  NoEmbeddedServerError,
  startEmbeddedPostgres,
} from '../../../src/infra/database/embedded/index.js';
import {
  hydrateLibraryLinks,
  locatePostgresBinaries,
} from '../../../src/infra/database/embedded/server/postgres-binaries.js';

const PROJECT_DIR = resolve(__dirname, '../../..');
const SOURCE_DIR = join(PROJECT_DIR, 'src/infra/database/embedded');

jest.setTimeout(120_000);

let workDir: string;
let ownerScript: string;
/** One home for all tests that need no empty one, because initdb takes most of the time. */
let homeDir: string;
let servers: EmbeddedPostgres[];
let children: ChildProcess[];

beforeAll(async () => {
  workDir = await mkdtemp(join(tmpdir(), 'ledger ünïcode ✓ '));
  ownerScript = await buildOwnerScript(join(workDir, 'build'));
});

beforeEach(() => {
  homeDir = join(workDir, 'home');
  servers = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const server of servers) await server.stop();
});

afterAll(async () => {
  await rm(workDir, { recursive: true, force: true, maxRetries: 10 });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ homeDir, ...options });
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

/** Repeats until it succeeds; the test's own time limit ends it. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await sleep(20);
    }
  }
}

async function postmasterPid(): Promise<number> {
  return Number.parseInt(await readFile(join(homeDir, 'postgres/postmaster.pid'), 'utf8'), 10);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

type Report = { url: string } | { error: string };

/** Starts an owner in its own process, so that it can be killed. */
function forkOwner(): { child: ChildProcess; report: Promise<Report> } {
  const child = fork(ownerScript, [homeDir], { execArgv: [] });
  children.push(child);
  return { child, report: once(child, 'message').then(([message]) => message as Report) };
}

async function startOwner(): Promise<{ child: ChildProcess; url: string }> {
  const { child, report } = forkOwner();
  const told = await report;
  if ('error' in told) throw new Error(told.error);
  return { child, url: told.url };
}

async function buildOwnerScript(buildDir: string): Promise<string> {
  const script = join(buildDir, 'owner.js');
  await mkdir(buildDir);
  await symlink(join(PROJECT_DIR, 'node_modules'), join(buildDir, 'node_modules'));
  for (const name of await readdir(SOURCE_DIR, { recursive: true })) {
    if (!name.endsWith('.ts') || name.endsWith('.spec.ts')) continue;
    const { code } = await transformFile(join(SOURCE_DIR, name), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
    });
    const file = join(buildDir, name.replace(/\.ts$/, '.js'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, code);
  }
  await writeFile(
    script,
    `require('./index.js').startEmbeddedPostgres({ homeDir: process.argv[2] }).then(
       (server) => process.send({ url: server.url }),
       (error) => process.send({ error: error.name }),
     );`,
  );
  return script;
}

describe('startEmbeddedPostgres', () => {
  it('serves an empty UTF-8 database whose text sorts by code point, and keeps what is written across starts', async () => {
    const first = await start();
    expect(first.adopted).toBe(false);
    expect(
      await query(first.url, "SELECT x FROM (VALUES ('é'), ('b'), ('B'), ('a')) v(x) ORDER BY x"),
    ).toEqual(['B', 'a', 'b', 'é']);
    expect(await query(first.url, 'SHOW server_encoding')).toEqual(['UTF8']);
    expect(await query(first.url, 'SHOW timezone')).toEqual(['UTC']);
    expect(await query(first.url, 'SHOW server_version')).toEqual([first.version]);
    await query(first.url, "CREATE TABLE kept_1 AS SELECT 'ö' AS word");
    await first.stop();

    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'SELECT word FROM kept_1')).toEqual(['ö']);
  });

  it('lets only this machine in, and only with the password', async () => {
    const server = await start();
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    expect(await query(server.url, 'SHOW listen_addresses')).toEqual(['127.0.0.1']);
    expect(await query(server.url, 'SHOW unix_socket_directories')).toEqual(['']);
    expect((await stat(join(homeDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    expect((await stat(server.dataDir)).mode & 0o777).toBe(0o700);
  });

  it('passes further settings on to the server', async () => {
    const server = await start({ serverSettings: { work_mem: '7MB' } });
    expect(await query(server.url, 'SHOW work_mem')).toEqual(['7MB']);
  });

  it('works in a folder whose path is longer than a socket path may be', async () => {
    homeDir = join(workDir, 'a'.repeat(100), 'b'.repeat(100));
    expect(await query((await start()).url, 'SELECT 1')).toEqual([1]);
  });

  it('leaves no process and no open port behind after stop', async () => {
    const server = await start();
    const pid = await postmasterPid();
    await Promise.all([server.stop(), server.stop()]);
    await eventually(async () => expect(isAlive(pid)).toBe(false));
    await expect(query(server.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await readdir(server.dataDir)).not.toContain('postmaster.pid');
  });

  it('stops while clients are still connected', async () => {
    const server = await start();
    const client = new Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    const ended = new Promise((resolveEnd) => client.once('end', resolveEnd));
    await Promise.all([ended, server.stop()]);
  });

  it('refuses a home whose owner lives, and names it', async () => {
    const owner = await start();
    const refused = start();
    await expect(refused).rejects.toThrow(HomeInUseError);
    await expect(refused).rejects.toThrow(`process ${process.pid}`);
    expect(await query(owner.url, 'SELECT 1')).toEqual([1]);
  });

  it('gives an empty home to one of two starts at once', async () => {
    homeDir = join(workDir, 'empty');
    const owners = [forkOwner(), forkOwner()];
    const reports = await Promise.all(owners.map((owner) => owner.report));
    expect(reports.filter((report) => 'url' in report)).toHaveLength(1);
    expect(reports.filter((report) => 'error' in report)).toEqual([{ error: 'HomeInUseError' }]);

    for (const { child } of owners) child.kill('SIGKILL');
    expect((await start()).adopted).toBe(true);
  });

  it('takes over the server of an owner that was killed', async () => {
    const { child, url } = await startOwner();
    await query(url, 'CREATE TABLE kept_2 AS SELECT 42 AS answer');
    const pid = await postmasterPid();
    child.kill('SIGKILL');

    const server = await start();
    expect(server.adopted).toBe(true);
    expect(await postmasterPid()).toBe(pid);
    expect(await query(server.url, 'SELECT answer FROM kept_2')).toEqual([42]);
    await server.stop();
    await eventually(async () => expect(isAlive(pid)).toBe(false));
  });

  it('starts after both owner and server were killed', async () => {
    const { child, url } = await startOwner();
    await query(url, 'CREATE TABLE kept_3 AS SELECT 42 AS answer');
    child.kill('SIGKILL');
    process.kill(await postmasterPid(), 'SIGKILL');

    const server = await start();
    expect(server.adopted).toBe(false);
    expect(await query(server.url, 'SELECT answer FROM kept_3')).toEqual([42]);
  });

  it('starts after the first start was killed while it made the data', async () => {
    homeDir = join(workDir, 'half-made');
    const { child } = forkOwner();
    const draftVersion = async () => {
      const draft = (await readdir(homeDir)).find((name) => name.startsWith('postgres-init-'));
      return readFile(join(homeDir, draft ?? '', 'data/PG_VERSION'));
    };
    await eventually(draftVersion);
    child.kill('SIGKILL');
    expect(await readdir(homeDir)).not.toContain('postgres');

    expect(await query((await start()).url, 'SELECT 1')).toEqual([1]);
  });

  it('brings a killed server back at the same address', async () => {
    const told: string[] = [];
    const tell = (message: string) => told.push(message);
    const server = await start({ onCrash: tell, onProgress: tell });
    await query(server.url, 'CREATE TABLE kept_4 AS SELECT 42 AS answer');
    const pid = await postmasterPid();
    process.kill(pid, 'SIGKILL');

    expect(await eventually(() => query(server.url, 'SELECT answer FROM kept_4'))).toEqual([42]);
    expect(await postmasterPid()).not.toBe(pid);
    await eventually(async () => expect(told).toHaveLength(2));
    expect(told).toEqual(['PostgreSQL went away; starting it again.', 'PostgreSQL is back.']);
    await expect(start()).rejects.toThrow(HomeInUseError);
  });

  it('still owns a server that dropped all connections', async () => {
    const told: string[] = [];
    const server = await start({ onProgress: (message) => told.push(message) });
    const pid = await postmasterPid();
    // When one of its processes dies, PostgreSQL ends all others.
    const [backendPid] = await query(
      server.url,
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'",
    );
    process.kill(Number(backendPid), 'SIGKILL');

    await eventually(async () => expect(told).toEqual(['PostgreSQL is back.']));
    expect(await postmasterPid()).toBe(pid);
    await expect(start()).rejects.toThrow(HomeInUseError);
  });

  it('does not bring a server back that it was told to stop', async () => {
    const server = await start();
    process.kill(await postmasterPid(), 'SIGKILL');
    await server.stop();
    await expect(attachEmbeddedPostgres(homeDir)).rejects.toThrow(NoEmbeddedServerError);
  });

  it('starts although the process id of a dead server now belongs to another process', async () => {
    const first = await start();
    const pidFile = join(first.dataDir, 'postmaster.pid');
    const lines = (await readFile(pidFile, 'utf8')).split('\n');
    await first.stop();
    const { uid, gid } = await stat(first.dataDir);
    const stranger = spawn('sleep', ['600'], { uid, gid });
    children.push(stranger);
    await writeFile(pidFile, [stranger.pid, ...lines.slice(1)].join('\n'));

    expect((await start()).adopted).toBe(false);
    expect(stranger.exitCode).toBeNull();
  });

  it('refuses data of another major version and says where to read on', async () => {
    homeDir = join(workDir, 'old');
    const dataDir = join(homeDir, 'postgres');
    await mkdir(dataDir, { recursive: true });
    await writeFile(join(dataDir, 'PG_VERSION'), '17\n');
    const refused = start();
    await expect(refused).rejects.toThrow(EmbeddedPostgresError);
    await expect(refused).rejects.toThrow(/made by PostgreSQL 17 .* docs\/backup\.md/);
  });

  it('refuses to invent a password for data that has one', async () => {
    homeDir = join(workDir, 'no-password');
    await (await start()).stop();
    await rm(join(homeDir, 'postgres-password'));
    await expect(start()).rejects.toThrow(/postgres-password is missing/);
    await writeFile(join(homeDir, 'postgres-password'), 'abcdef');
    await expect(start()).rejects.toThrow(/is not that of the data/);
    await expect(attachEmbeddedPostgres(homeDir)).rejects.toThrow(NoEmbeddedServerError);
  });

  it('turns a large log over', async () => {
    const log = join(homeDir, 'postgres.log');
    await (await start()).stop();
    await writeFile(log, 'x'.repeat(1024 * 1024 + 1));
    await start();
    expect((await stat(log)).size).toBeLessThan(10_000);
    expect((await stat(`${log}.1`)).size).toBe(1024 * 1024 + 1);
  });

  it('writes no content of statements into its log', async () => {
    const server = await start();
    await query(server.url, 'CREATE TABLE pairs (word text PRIMARY KEY)');
    const insert = "INSERT INTO pairs VALUES ('canary-7f3a')";
    await query(server.url, insert);
    await expect(query(server.url, insert)).rejects.toMatchObject({ code: '23505' });
    await expect(query(server.url, "SELECT 'canary-7f3a'::uuid")).rejects.toMatchObject({ code: '22P02' });
    await server.stop();
    const log = await readFile(join(homeDir, 'postgres.log'), 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toContain('canary');
  });
});

describe('attachEmbeddedPostgres', () => {
  it('finds the server that another process runs', async () => {
    await startOwner();
    const { url } = await attachEmbeddedPostgres(homeDir);
    expect(await query(url, 'SELECT current_database()')).toEqual(['prompt_ledger']);
    // The killed owners leave the server running.
    for (const child of children) child.kill('SIGKILL');
    await start();
  });

  it('refuses when none runs: no home, an empty one, a stopped server', async () => {
    await expect(attachEmbeddedPostgres(join(workDir, 'missing'))).rejects.toThrow(NoEmbeddedServerError);
    await expect(attachEmbeddedPostgres(workDir)).rejects.toThrow(NoEmbeddedServerError);
    await (await start()).stop();
    await expect(attachEmbeddedPostgres(homeDir)).rejects.toThrow(NoEmbeddedServerError);
  });
});

describe('hydrateLibraryLinks', () => {
  it('makes binaries run that were installed without their library links', async () => {
    const { nativeDir } = await locatePostgresBinaries();
    const copy = join(workDir, 'package');
    const links = JSON.parse(await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    await cp(nativeDir, join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
    for (const { target } of links) await rm(join(copy, target));
    const version = () => promisify(execFile)(join(copy, 'native/bin/postgres'), ['--version']);
    if (links.length > 0) await expect(version()).rejects.toThrow(/shared libraries/);

    await hydrateLibraryLinks(copy);
    expect((await version()).stdout).toMatch(/^postgres \(PostgreSQL\) \d+/);
    // Repeated, with all of them present.
    await hydrateLibraryLinks(copy);
    expect(dirname(nativeDir)).not.toBe(copy);
  });
});
