import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { api } from '../../support/api-client.js';
import { Connection } from '../../support/database/connection.js';
import { eventually } from '../../support/eventually.js';
import { spawnService, startLedger, type ServiceProcess } from '../../support/servers/processes.js';
import { testRedisUrl } from '../../support/servers/redis.js';
import {
  ADMIN_KEY,
  ECHO,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const run = promisify(execFile);
const RUN = '/v1/executions:run';
const SUBMIT = '/v1/executions:submit';
/** Each request's log line names the process that answered. */
const SETTINGS = { WEB_CONCURRENCY: '2', LOG_LEVEL: 'info', LOG_FORMAT: 'json', LEASE_MS: '1000' };

/** Returns the API processes of a supervisor. */
async function processesOf({ pid }: Pick<ServiceProcess, 'pid'>): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,args=']);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, parent, ...args]) => Number(parent) === pid && args.some((arg) => arg.endsWith('api-process.js')),
    )
    .map(([own]) => Number(own));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.each([
  ['Postgres', {}],
  ['Redis', { REDIS_URL: 'of the run' }],
])('two API processes with the bell of %s', (_bell, settings) => {
  let stage: Stage;
  let connections: Connection[] = [];

  beforeAll(async () => {
    const redis = 'REDIS_URL' in settings ? { REDIS_URL: testRedisUrl() } : {};
    stage = await startStage({ ...SETTINGS, ...redis });
    await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
    connections = await openOneToEach();
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await stage.close();
  });
  beforeEach(() => stage.openai.reset());

  /** In the order of the processes. */
  async function openOneToEach(): Promise<Connection[]> {
    const found = new Map<number, Connection>();
    while (found.size < 2) {
      const connection = new Connection(stage.ledger.url, ADMIN_KEY);
      const { requestId } = await connection.send('GET', promptPath('greeting'));
      const index = await processThatAnswered(requestId);
      if (found.has(index)) connection.close();
      else found.set(index, connection);
    }
    return [1, 2].map((index) => found.get(index) as Connection);
  }

  async function processThatAnswered(requestId: string): Promise<number> {
    let line: string | undefined;
    await eventually(() => {
      line = stage.ledger.logs.find((each) => each.includes(requestId));
      return line !== undefined;
    });
    return (JSON.parse(line ?? '{}') as { apiProcess: number }).apiProcess;
  }

  it('answer on one port, and are shown in the banner once', () => {
    const banners = stage.ledger.logs.filter((line) => line.includes('is ready'));
    expect(banners).toHaveLength(1);
    expect(stage.ledger.logs.join('\n')).toMatch(/API +http:\/\/localhost:\d+ +\(2 processes\)/);
    expect(stage.ledger.logs.join('\n')).toMatch(/Consumer +in these processes together, 16 at once/);
  });

  it('run what another has just put, at once', async () => {
    for (let change = 0; change < 10; change += 1) {
      const [writer, reader] = change % 2 === 0 ? connections : [...connections].reverse();
      const template = `Version ${change} for {{name}}`;
      const put = await writer?.send('PUT', promptPath('greeting'), {
        template_source: template,
        set_active: true,
      });
      expect(put?.status).toBe(200);
      const ran = await reader?.send('POST', RUN, {
        prompt_name: 'greeting',
        variables: { name: 'Ada' },
        model: ECHO,
      });
      expect(ran?.body['response_text']).toBe(`Version ${change} for Ada`);
      const read = (headers?: Record<string, string>) =>
        reader?.send('GET', promptPath('greeting'), undefined, headers);
      expect(await read({ 'cache-control': 'no-cache' })).toMatchObject({
        body: { active_version: { template_source: template } },
      });
      await eventually(async () => JSON.stringify((await read())?.body).includes(template));
    }
  });

  it('take the secret and the role that another has just given, at once', async () => {
    const [writer, reader] = connections as [Connection, Connection];
    const { body: user } = await writer.send('POST', '/v1/users', { name: 'nightly', kind: 'service' });
    const member = `/v1/members/${String(user['user_id'])}`;
    await writer.send('PUT', member, { role: 'editor' });
    const { body: made } = await writer.send('POST', '/v1/keys', {
      name: 'nightly',
      role: 'editor',
      user_id: user['user_id'],
    });
    let key = String(made['key']);
    const put = () =>
      reader.send('PUT', promptPath('nightly'), { template_source: 'Good night' }, { 'x-api-key': key });

    for (let turn = 0; turn < 5; turn += 1) {
      expect((await put()).status).toBe(200);
      const rotated = await writer.send('POST', `/v1/keys/${String(made['key_id'])}:rotate`, {
        overlap_s: 0,
      });
      key = String(rotated.body['key']);
    }
    await writer.send('PUT', member, { role: 'viewer' });
    await eventually(async () => (await put()).status === 403);
    await writer.send('PUT', member, { role: 'editor' });
    expect((await put()).status).toBe(200);
  });

  it('count the requests of a key together', async () => {
    const made = await stage.admin.post('/v1/keys', {
      name: 'limited',
      scopes: ['executions:run'],
      rate_limits: { requests_per_minute: 25 },
    });
    const key = api(stage.ledger.url, String(made.body['key']));
    const body = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: ECHO };
    const answers = await Promise.all(Array.from({ length: 60 }, () => key.post(SUBMIT, body)));
    const taken = answers.filter(({ status }) => status === 202);
    expect(taken).toHaveLength(25);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(35);
    // Both processes took part, and each reported the remainder of the shared limit.
    const left = taken.map(({ headers }) => Number(headers.get('ratelimit-remaining')));
    expect(left.sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, at) => at));
    const indexes = await Promise.all(
      answers.map(({ headers }) => processThatAnswered(headers.get('x-request-id') ?? '')),
    );
    expect([...new Set(indexes)].sort()).toEqual([1, 2]);
  });

  it('replace one that is killed, and lose nothing that was acknowledged', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 400 });
    const before = await processesOf(stage.ledger);
    expect(before).toHaveLength(2);
    const body = { prompt_name: 'greeting', variables: { name: 'Ada' } };
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.push(await submit(stage.admin, body));
    await eventually(() => stage.openai.requests.length >= 6);
    process.kill(before[0] ?? 0, 'SIGKILL');
    // Clients on the connections of the other process notice nothing.
    const answers = await Promise.allSettled(connections.map((each) => each.send('GET', '/health')));
    expect(answers.map(({ status }) => status)).toContain('fulfilled');
    await eventually(async () => (await processesOf(stage.ledger)).length === 2);
    expect(stage.ledger.logs.filter((line) => line.includes('another one takes its place'))).toHaveLength(1);
    for (const connection of connections) connection.close();
    connections = await openOneToEach();
    for (const id of ids) expect(await untilFinal(stage.admin, id)).toMatchObject({ status: 'succeeded' });
  });
});

describe('a supervisor', () => {
  let stage: Stage;
  let folder: string;
  const env = () => ({ ...stage.env, ...SETTINGS, WORKER: 'off' });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ledger-test-processes-'));
    stage = await startStage({ WORKER: 'off' });
    await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  });
  afterAll(async () => {
    await stage.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => stage.openai.reset());

  const body = { prompt_name: 'greeting', variables: { name: 'Ada' } };
  const untilCalled = (times: number) => eventually(() => stage.openai.requests.length === times);

  it('that is killed takes its processes with it, and they answer first', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: 800 });
    const ledger = await startLedger({ env: env() });
    const processes = await processesOf(ledger);
    const runs = [1, 2, 3, 4].map(() => api(ledger.url, ADMIN_KEY).post(RUN, body));
    await untilCalled(4);
    process.kill(ledger.pid, 'SIGKILL');
    expect((await Promise.all(runs)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await eventually(() => !processes.some(isAlive));
  });

  it('ends its processes at once at a second signal', async () => {
    stage.openai.behave({ kind: 'hang', at: 'start' });
    const ledger = await startLedger({ env: env() });
    const processes = await processesOf(ledger);
    const failure = expect(api(ledger.url, ADMIN_KEY).post(RUN, body)).rejects.toThrow();
    await untilCalled(1);
    let isGone = false;
    void ledger.exit.then(() => (isGone = true));
    await eventually(() => {
      if (!isGone && isAlive(ledger.pid)) process.kill(ledger.pid, 'SIGTERM');
      return isGone;
    });
    expect((await ledger.exit).code).not.toBe(0);
    await failure;
    await eventually(() => !processes.some(isAlive));
  });

  it('whose processes die at their start says so in one sentence, and ends with 1', async () => {
    const file = path.join(folder, 'dying.cjs');
    const isOurs = `process.argv[1].endsWith('api-process.js')`;
    await writeFile(file, `if (${isOurs}) process.kill(process.pid, 'SIGKILL');\n`);
    const ledger = spawnService('main.js', { ...env(), PORT: '0', NODE_OPTIONS: `--require=${file}` });
    expect(await ledger.exit).toEqual({ code: 1, signal: null });
    expect(ledger.logs.at(-1)).toMatch(
      /^API process \d \(pid \d+\) ended before it was ready, 3 times in a row, the last time with SIGKILL; .*\.$/,
    );
  });

  it('whose processes refuse their configuration says why, once, and ends with 1', async () => {
    const file = path.join(folder, 'absent.provider.js');
    const ledger = spawnService('main.js', { ...env(), PORT: '0', PROVIDER_MODULES: file });
    expect(await ledger.exit).toEqual({ code: 1, signal: null });
    expect(ledger.logs.at(-1)).toMatch(/^PROVIDER_MODULES names .*absent\.provider\.js/);
    expect(ledger.logs.join('\n')).not.toContain('ended before');
  });

  it('on a port that is taken says so in one sentence', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as { port: number }).port);
    const ledger = spawnService('main.js', { ...env(), PORT: port });
    expect((await ledger.exit).code).toBe(1);
    expect(ledger.logs).toEqual([expect.stringContaining(`Port ${port} is taken`)]);
    server.close();
  });
});

describe('a supervisor with the embedded server', () => {
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'ledger-test-processes-home-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const serversOfHome = async () => {
    const { stdout } = await run('ps', ['-eo', 'args=']);
    return stdout.split('\n').filter((line) => line.includes(`-D ${home}`));
  };

  it('takes a free port for all, and at Ctrl-C stops the server last and ends with 0', async () => {
    const ledger = spawnService('main.js', { ...SETTINGS, PROMPT_LEDGER_HOME: home, PORT: '0' });
    let url: string | undefined;
    await eventually(() => {
      url = ledger.logs.map((line) => /API +(\S+)/.exec(line)?.[1]).find((found) => found !== undefined);
      return url !== undefined;
    });
    const client = api(url ?? '', 'dev-key-change-in-production');
    await putPrompt(client, 'first', 'Hello {{name}}');
    const variables = { name: 'Ada' };
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => client.post(RUN, { prompt_name: 'first', variables })),
    );
    expect(answers.map(({ body }) => body['response_text'])).toEqual(Array(4).fill('Hello Ada'));
    expect(await serversOfHome()).not.toEqual([]);
    // A terminal does the same: it signals the whole group.
    for (const pid of [...(await processesOf(ledger)), ledger.pid]) process.kill(pid, 'SIGINT');
    expect(await ledger.exit).toEqual({ code: 0, signal: null });
    expect(await serversOfHome()).toEqual([]);
    expect(ledger.logs.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});
