import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { api, type ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import {
  freePort,
  spawnService,
  startLedger,
  startWorker,
  type LedgerProcess,
} from '../../support/servers/processes.js';
import { promptPath, putPrompt, submit, untilFinal } from '../stage.js';

const run = promisify(execFile);
const MAIN = path.join(__dirname, '../../../dist/src/main.js');
const DEFAULT_KEY = 'dev-key-change-in-production';

let folder: string;
let home: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-embedded-'));
  home = path.join(folder, 'a home with blanks');
});
afterAll(async () => {
  // A failed test may have left its server, whose data is about to be deleted.
  for (const pid of await processesOfHome()) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const start = (settings: Record<string, string> = {}): Promise<LedgerProcess> =>
  startLedger({ env: { PROMPT_LEDGER_HOME: home, ...settings } });
const clientOf = (ledger: LedgerProcess): ApiClient => api(ledger.url, DEFAULT_KEY);

/** Returns the ids of processes whose command contains the data folder: the embedded server. */
async function processesOfHome(): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,args=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(folder))
    .map((line) => Number.parseInt(line, 10));
}

async function bannerOf(ledger: LedgerProcess): Promise<string> {
  await eventually(() => ledger.logs.some((line) => line.includes('curl ')));
  return ledger.logs.join('\n');
}

describe('a start without any setting', () => {
  it('says all there is to know, and the curl it prints works as it stands', async () => {
    const ledger = await start();
    const banner = await bannerOf(ledger);
    const port = new URL(ledger.url).port;
    for (const fact of [`http://localhost:${port}`, '/docs', DEFAULT_KEY, home, 'Postgres', 'echo']) {
      expect(banner).toContain(fact);
    }
    expect(banner).toMatch(/Providers +echo ready\n/);
    expect(banner).toMatch(/\n +anthropic not ready \(set ANTHROPIC_API_KEY\)\n/);
    expect(banner).toMatch(/\n +openai not ready \(set OPENAI_API_KEY\)\n/);
    const command = ledger.logs.find((line) => line.includes('curl '))?.trim() ?? '';
    const { stdout } = await run('sh', ['-c', command]);
    expect(JSON.parse(stdout)).not.toHaveProperty('code');
    expect(await processesOfHome()).not.toEqual([]);
    expect(await ledger.stop()).toEqual({ code: 0, signal: null });
    expect(await processesOfHome()).toEqual([]);
  });

  it('has the models, the project and a model of its own to run on', async () => {
    const ledger = await start();
    const client = clientOf(ledger);
    await putPrompt(client, 'first', 'Hello {{name}}');
    const answer = await client.post('/v1/executions:run', {
      prompt_name: 'first',
      variables: { name: 'Ada' },
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { response_text: 'Hello Ada', model: { provider: 'echo', model_name: 'echo' } },
    });
    expect((await client.get('/health')).body).toEqual({
      status: 'ok',
      checks: { database: 'up', queue: 'up' },
    });
    await ledger.stop();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends at %s with nothing left, and what it held is there again',
    async (signal) => {
      const ledger = await start();
      const { version } = await putPrompt(clientOf(ledger), `kept/${signal}`, `By ${signal}`);
      const key = await clientOf(ledger).post('/v1/keys', { name: signal, scopes: ['prompts:read'] });
      process.kill(ledger.pid, signal);
      expect(await ledger.exit).toEqual({ code: 0, signal: null });
      expect(await processesOfHome()).toEqual([]);
      const again = await start();
      // The secret that hashes keys has to be the same too.
      const read = await api(again.url, String(key.body['key'])).get(promptPath(`kept/${signal}`));
      expect(read).toMatchObject({
        status: 200,
        body: { active_version: { version_id: version.version_id } },
      });
      await again.stop();
    },
  );

  it('takes a Ctrl-C that npm has doubled for one, and leaves nothing', async () => {
    const ledger = await start();
    process.kill(ledger.pid, 'SIGINT');
    process.kill(ledger.pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(ledger.pid, 'SIGINT');
    expect(await ledger.exit).toEqual({ code: 0, signal: null });
    expect(await processesOfHome()).toEqual([]);
  });

  it('leaves no server behind when an impatient second signal ends it', async () => {
    const ledger = await start({ SHUTDOWN_GRACE_MS: '30000' });
    const client = clientOf(ledger);
    await client.put('/v1/models/echo/echo-hang', {});
    await putPrompt(client, 'hanging', 'Hello');
    const model = { provider: 'echo', model_name: 'echo-hang' };
    const hanging = expect(
      client.post('/v1/executions:run', { prompt_name: 'hanging', model }),
    ).rejects.toThrow();
    await eventually(
      async () => (await client.get('/v1/executions?status=running')).body.executions?.toString() !== '',
    );
    let isGone = false;
    void ledger.exit.then(() => (isGone = true));
    await eventually(() => {
      if (!isGone) process.kill(ledger.pid, 'SIGINT');
      return isGone;
    });
    await hanging;
    await eventually(async () => (await processesOfHome()).length === 0);
  });

  it.each(['the process', 'the process and its database'])('works after kill -9 of %s', async (what) => {
    const ledger = await start();
    const name = `survivor/${what.length}`;
    await putPrompt(clientOf(ledger), name, 'Still here');
    await ledger.kill();
    if (what !== 'the process') {
      for (const pid of await processesOfHome()) process.kill(pid, 'SIGKILL');
      await eventually(async () => (await processesOfHome()).length === 0);
    }
    const again = await start();
    expect(await clientOf(again).get(promptPath(name))).toMatchObject({ status: 200 });
    expect(await again.stop()).toEqual({ code: 0, signal: null });
    expect(await processesOfHome()).toEqual([]);
  });

  it('on a port that is taken says so in one sentence, and leaves nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as { port: number }).port);
    const ledger = spawnService('main.js', { PROMPT_LEDGER_HOME: home, PORT: port });
    expect((await ledger.exit).code).toBe(1);
    const lines = ledger.logs.filter((line) => line !== '');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(port);
    expect(lines[0]).toMatch(/\.$/);
    expect(await processesOfHome()).toEqual([]);
    server.close();
  });

  it('takes an empty variable for one that is not there', async () => {
    const empty = [
      'DATABASE_URL',
      'REDIS_URL',
      'API_KEY',
      'OPENAI_API_KEY',
      'CONCURRENCY',
      'LOG_LEVEL',
      'NODE_ENV',
    ];
    const ledger = await start(Object.fromEntries(empty.map((name) => [name, ''])));
    expect(await bannerOf(ledger)).toContain(home);
    expect((await clientOf(ledger).get('/v1/prompts')).status).toBe(200);
    await ledger.stop();
  });
});

describe('a worker without DATABASE_URL', () => {
  it('attaches to the server that runs, and leaves it running', async () => {
    const ledger = await start({ WORKER: 'off' });
    const client = clientOf(ledger);
    await putPrompt(client, 'shared', 'Work {{n}}');
    const id = await submit(client, { prompt_name: 'shared', variables: { n: 1 } });
    const worker = await startWorker({ env: { PROMPT_LEDGER_HOME: home } });
    expect(await untilFinal(client, id)).toMatchObject({ status: 'succeeded', response_text: 'Work 1' });
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
    expect((await client.get('/health')).status).toBe(200);
    await ledger.stop();
  });

  it('says in one sentence that there is none', async () => {
    const worker = spawnService('worker.js', { PROMPT_LEDGER_HOME: path.join(folder, 'nobody') });
    expect((await worker.exit).code).toBe(1);
    expect(worker.logs.filter((line) => line !== '')).toHaveLength(1);
  });
});

it('a .env in the working directory is read, and the environment goes before it', async () => {
  const port = await freePort();
  const file = [
    '# comment',
    `PORT=${port}`,
    'API_KEY="key of the file"',
    'CONCURRENCY=3',
    'REDIS_URL=',
    '',
  ].join('\n');
  await writeFile(path.join(folder, '.env'), file);
  const child = spawn(process.execPath, [MAIN], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PROMPT_LEDGER_HOME: home, CONCURRENCY: '5' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exit = once(child, 'exit');
  await eventually(() => output.includes('curl ') || child.exitCode !== null);
  const { status } = await api(`http://127.0.0.1:${port}`, 'key of the file').get('/v1/prompts');
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(status).toBe(200);
  expect(output).toContain('5 at once');
  // Any key except the published one is a secret.
  expect(output).not.toContain('key of the file');
});
