import { randomBytes } from 'node:crypto';
import { createClient } from 'redis';
import { OpenAiServer } from '../../fakes/vendors/openai-server.js';
import { api, type ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import {
  type LedgerProcess,
  type ServiceProcess,
  spawnService,
  startLedger,
  startWorker,
} from '../../support/servers/processes.js';
import { testRedisUrl } from '../../support/servers/redis.js';
import { runCli } from '../cli.js';
import { makeProject, memberClient, type TestProject } from '../people.js';
import {
  ANY_TIME,
  expectProblem,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const OPERATOR_KEY = 'sk-stand-in-0000000000000000';

let stage: Stage;
let gateway: OpenAiServer;
let worker: ServiceProcess;
let other: LedgerProcess;

beforeAll(async () => {
  gateway = await OpenAiServer.start();
  // Log everything, because the logs are searched for keys.
  const settings = {
    REDIS_URL: testRedisUrl(),
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    LOG_LEVEL: 'trace',
    DEBUG: 'true',
  };
  stage = await startStage({ ...settings, WORKER: 'off' });
  worker = await startWorker({ env: { ...stage.env, ...settings } });
  other = await startLedger({ env: { ...stage.env, ...settings, WORKER: 'off' } });
  await putPrompt(stage.admin, 'greeting', 'Hello');
});
afterAll(async () => {
  await Promise.all([worker.stop(), other.stop()]);
  await stage.close();
  await gateway.stop();
});
beforeEach(() => {
  stage.openai.reset();
  gateway.reset();
});

const newKey = () => `sk-canary-${randomBytes(12).toString('hex')}`;
const RUN = { prompt_name: 'greeting', model: OPENAI, variables: {} };
const keysAt = (server: OpenAiServer) =>
  server.requests.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''));

async function projectWith(secret: Record<string, unknown>): Promise<TestProject> {
  const project = await makeProject(stage);
  await putPrompt(project.admin, 'greeting', 'Hello');
  const put = await project.admin.put('/v1/secrets/openai', secret);
  if (put.status !== 200) throw new Error(JSON.stringify(put.body));
  return project;
}

describe('a key of a project', () => {
  it('is said to be there, by its fingerprint, and is never shown', async () => {
    const project = await makeProject(stage);
    const key = newKey();
    const put = await project.admin.put('/v1/secrets/openai', { api_key: key, base_url: gateway.baseUrl });
    expect(put).toMatchObject({ status: 200 });
    const shown = {
      provider: 'openai',
      fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{16}$/) as string,
      base_url: gateway.baseUrl,
      host: new URL(gateway.baseUrl).origin,
      created_at: ANY_TIME,
      updated_at: ANY_TIME,
    };
    expect(put.body).toEqual(shown);
    expect((await project.admin.get('/v1/secrets/openai')).body).toEqual(put.body);
    expect((await project.admin.get('/v1/secrets')).body).toEqual({ secrets: [put.body] });
    const again = await project.admin.put('/v1/secrets/openai', { api_key: newKey(), base_url: null });
    expect(again.body['fingerprint']).not.toBe(put.body['fingerprint']);
    expect(again.body).toMatchObject({ base_url: null, host: new URL(stage.openai.baseUrl).origin });
    expect((await project.admin.delete('/v1/secrets/openai')).status).toBe(204);
    expectProblem(await project.admin.get('/v1/secrets/openai'), 404, 'SECRET_NOT_FOUND');
    expectProblem(await project.admin.delete('/v1/secrets/openai'), 404, 'SECRET_NOT_FOUND');
    expect((await stage.admin.get('/v1/secrets')).body).toEqual({ secrets: [] });
    const { body } = await project.admin.get<{ entries: unknown[] }>('/v1/audit?action=secret.put');
    expect(body.entries).toHaveLength(2);
    expect(JSON.stringify(body)).not.toContain(key);
  });

  it('is put by admins, for providers that take one, in a form that travels in a header', async () => {
    const { admin } = await makeProject(stage);
    const put = (body: unknown, provider = 'openai') => admin.put(`/v1/secrets/${provider}`, body);
    for (const body of [
      {},
      { api_key: '' },
      { api_key: null },
      { api_key: 1 },
      { api_key: 'with space' },
      { api_key: 'line\nbreak' },
      { api_key: 'ключ' },
      { api_key: 'a\u0000' },
      { api_key: 'a'.repeat(5000) },
      { api_key: 'a', key: 'b' },
      { api_key: 'a', base_url: 1 },
      { api_key: 'a', base_url: '' },
      { api_key: 'a', base_url: 'ftp://a.example' },
      { api_key: 'a', base_url: 'http://10.0.0.1/v1' },
      { api_key: 'a', base_url: 'http://localhost:1/v1' },
      { api_key: 'a', base_url: 'http://169.254.169.254/v1' },
      { api_key: 'a', base_url: 'https://user:pass@a.example/v1' },
      { api_key: 'a', base_url: 'https://a.example/v1?key=x' },
      { api_key: 'a', base_url: 'https://a.example/v1#x' },
    ]) {
      const answer = await put(body);
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(JSON.stringify(answer.body)).not.toMatch(/with space|pass@/);
    }
    expectProblem(await put({ api_key: 'a' }, 'echo'), 400, 'VALIDATION_FAILED');
    expectProblem(await put({ api_key: 'a' }, 'NO'), 400, 'VALIDATION_FAILED');
    expectProblem(await put({ api_key: 'a' }, 'absent'), 404, 'PROVIDER_NOT_FOUND');
    expectProblem(await put({ api_key: 'a' }, 'azure-openai'), 400, 'VALIDATION_FAILED');
    const editor = await memberClient(stage, 'approver');
    for (const answer of [
      await editor.put('/v1/secrets/openai', { api_key: 'a' }),
      await editor.get('/v1/secrets'),
      await editor.get('/v1/secrets/openai'),
      await editor.delete('/v1/secrets/openai'),
    ]) {
      expectProblem(answer, 403, 'FORBIDDEN');
      expect(answer.body['missing_scopes']).toEqual(['secrets:write']);
    }
  });

  it('is what every call of the project is made with, on every API, and on no call of another one', async () => {
    const key = newKey();
    const { admin, id } = await projectWith({ api_key: key, base_url: gateway.baseUrl });
    await admin.post('/v1/prompts/register-code', { prompts: [{ name: 'CODE', template_source: 'Hi' }] });
    const url = stage.ledger.url;
    const post = (path: string, body: unknown) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'x-api-key': admin.key, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then((answer) => answer.text());
    expect((await admin.post('/v1/executions:run', RUN)).status).toBe(200);
    expect((await untilFinal(admin, await submit(admin, RUN))).status).toBe('succeeded');
    expect(keysAt(gateway)).toEqual([key, key]);
    expect(await post('/v1/executions:stream', RUN)).toContain('event: done');
    const batch = { ...RUN, variables: undefined, entries: [{ variables: {} }, { variables: {} }] };
    const { batch_id: batchId } = JSON.parse(await post('/v1/executions:submit-batch', batch)) as {
      batch_id: string;
    };
    await eventually(async () => (await admin.get(`/v1/batches/${batchId}`)).body['completed_at'] != null);
    expect(
      await post('/v1/prompts/CODE/execute', {
        variables: {},
        model_name: OPENAI.model_name,
        provider: 'openai',
        mode: 'sync',
      }),
    ).toContain('succeeded');
    const chat = { model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };
    expect(await post('/openai/v1/chat/completions', chat)).toContain('chat.completion');
    expect(await post('/openai/v1/chat/completions', { ...chat, stream: true })).toContain('[DONE]');
    expect(keysAt(gateway)).toEqual(Array.from({ length: 8 }, () => key));
    expect(stage.openai.requests).toEqual([]);
    await stage.admin.post('/v1/executions:run', RUN);
    expect(keysAt(stage.openai)).toEqual([OPERATOR_KEY]);
    // The instance uses the keys of the project that it acts in.
    await stage.admin.post('/v1/executions:run', RUN, { 'x-project': id });
    expect(keysAt(gateway)).toHaveLength(9);
  });

  it('works without a key of the operator', async () => {
    const { admin } = await makeProject(stage);
    await putPrompt(admin, 'greeting', 'Hello');
    const run = { ...RUN, model: 'anthropic/claude-sonnet-4-5' };
    await admin.put('/v1/models/anthropic/claude-sonnet-4-5', {});
    expectProblem(await admin.post('/v1/executions:run', run), 503, 'PROVIDER_NOT_CONFIGURED');
    await admin.put('/v1/secrets/anthropic', { api_key: newKey(), base_url: gateway.baseUrl });
    // The gateway does not speak Anthropic's API; it only matters that it was called.
    expect((await admin.post('/v1/executions:run', run)).status).toBe(502);
    await admin.delete('/v1/secrets/anthropic');
    expectProblem(await admin.post('/v1/executions:run', run), 503, 'PROVIDER_NOT_CONFIGURED');
  });

  it('holds at once here and within five seconds on every process when it is put anew or deleted', async () => {
    const [first, second] = [newKey(), newKey()];
    const { admin } = await projectWith({ api_key: first });
    const there = api(other.url, admin.key);
    const run = (client: ApiClient) => client.post('/v1/executions:run', RUN);
    for (const client of [admin, there]) {
      await eventually(async () => {
        stage.openai.reset();
        await run(client);
        return keysAt(stage.openai)[0] === first;
      });
    }
    await admin.put('/v1/secrets/openai', { api_key: second });
    const putAtMs = Date.now();
    stage.openai.reset();
    await run(admin);
    expect(keysAt(stage.openai)).toEqual([second]);
    let lastFormerAtMs = putAtMs;
    await eventually(async () => {
      stage.openai.reset();
      const sentAtMs = Date.now();
      await run(there);
      if (keysAt(stage.openai)[0] === first) lastFormerAtMs = sentAtMs;
      return keysAt(stage.openai)[0] === second;
    });
    expect(lastFormerAtMs - putAtMs).toBeLessThanOrEqual(5000);
    await admin.delete('/v1/secrets/openai');
    stage.openai.reset();
    await run(admin);
    expect(keysAt(stage.openai)).toEqual([OPERATOR_KEY]);
  });

  it('is blackened where a vendor says it in an error', async () => {
    const key = newKey();
    const { admin } = await projectWith({ api_key: key, base_url: gateway.baseUrl });
    gateway.behave({ kind: 'error', status: 401, message: `Incorrect API key provided: ${key}` });
    const answer = await admin.post('/v1/executions:run', RUN);
    expect(answer.status).toBe(502);
    expect(JSON.stringify(answer.body)).not.toContain(key);
    const { body } = await admin.get('/v1/executions?limit=1');
    expect(JSON.stringify(body)).not.toContain(key);
  });

  it('opens no circuit for others', async () => {
    const down = await OpenAiServer.start();
    const address = down.baseUrl;
    await down.stop();
    const circuits = {
      ...stage.env,
      WORKER: 'off',
      CIRCUIT_FAILURES: '2',
      WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    };
    const ledger = await startLedger({ env: circuits });
    const { admin } = await projectWith({ api_key: newKey(), base_url: address });
    const mine = api(ledger.url, admin.key);
    await eventually(async () => {
      const answer = await mine.post('/v1/executions:run', RUN);
      return answer.body['code'] === 'PROVIDER_CIRCUIT_OPEN';
    });
    const theirs = await api(ledger.url, stage.env['API_KEY'] ?? '').post('/v1/executions:run', RUN);
    expect(theirs.status).toBe(200);
    await ledger.stop();
  });

  it('stands in the clear in no table, log or queue', async () => {
    const key = newKey();
    const monitor = createClient({ url: testRedisUrl() });
    await monitor.connect();
    const queued: string[] = [];
    await monitor.monitor((command) => queued.push(command));
    const { admin } = await projectWith({ api_key: key, base_url: gateway.baseUrl });
    await admin.post('/v1/executions:run', RUN);
    const executionId = await submit(admin, RUN);
    await untilFinal(admin, executionId);
    await eventually(() => queued.some((command) => command.includes(executionId)));
    monitor.destroy();
    const tables = await stage.sql<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace`,
    );
    const dumps: string[] = [];
    for (const { name } of tables) {
      dumps.push(JSON.stringify(await stage.sql(`SELECT t::text AS row FROM ${name} t`)));
    }
    const everything = [...dumps, ...queued, ...stage.ledger.logs, ...worker.logs, ...other.logs].join('\n');
    expect(everything).toContain('secret.put');
    for (const canary of [
      key,
      key.slice(3),
      Buffer.from(key).toString('base64'),
      Buffer.from(key).toString('hex'),
    ]) {
      expect(everything).not.toContain(canary);
    }
  });

  it('cannot be moved to another project, provider or host by whoever writes to the database', async () => {
    const key = newKey();
    const mine = await projectWith({ api_key: key, base_url: gateway.baseUrl });
    const foreign = await projectWith({ api_key: newKey(), base_url: gateway.baseUrl });
    await stage.sql(
      `UPDATE project_secrets f SET sealed_key = m.sealed_key, wrapped_key = m.wrapped_key, revision = ledger_uuid7()
       FROM project_secrets m WHERE m.project_id = $1 AND f.project_id = $2`,
      [mine.id, foreign.id],
    );
    await stage.sql(
      `UPDATE project_secrets SET origin = $2, base_url = $3, revision = ledger_uuid7() WHERE project_id = $1`,
      [mine.id, new URL(stage.openai.baseUrl).origin, stage.openai.baseUrl],
    );
    for (const { admin } of [mine, foreign]) {
      await eventually(async () => {
        const answer = await admin.post('/v1/executions:run', RUN);
        return answer.status >= 500;
      });
    }
    expect(keysAt(stage.openai)).toEqual([]);
  });
});

describe('SECRETS_KEY', () => {
  const former = () => stage.env['SECRETS_KEY'] ?? '';

  it('that is another one leaves what it cannot read alone, says so, and never uses the operator’s key instead', async () => {
    const key = newKey();
    const { admin } = await projectWith({ api_key: key });
    const env = { ...stage.env, SECRETS_KEY: randomBytes(32).toString('base64') };
    const ledger = await startLedger({ env });
    await eventually(() => ledger.logs.some((line) => line.includes('cannot be read with SECRETS_KEY')));
    const there = api(ledger.url, admin.key);
    for (const path of ['/v1/executions:run', '/v1/executions:submit']) {
      const answer = await there.post(path, RUN);
      expectProblem(answer, 503, 'SECRET_UNREADABLE');
      expect(answer.body['detail']).toContain('SECRETS_KEY_PREVIOUS');
    }
    expect(stage.openai.requests).toEqual([]);
    expect((await there.get('/v1/secrets/openai')).status).toBe(200);
    await ledger.stop();
  });

  it.each(['short', 'not base64 of thirty-two bytes!', Buffer.alloc(33).toString('base64')])(
    'that is %j refuses the start in one sentence that does not repeat it',
    async (key) => {
      for (const entry of ['main.js', 'worker.js'] as const) {
        const service = spawnService(entry, { ...stage.env, SECRETS_KEY: key });
        expect(await service.exit).toMatchObject({ code: 1 });
        expect(service.logs).toEqual(['SECRETS_KEY must be 32 random bytes in base64 or hex.']);
      }
    },
  );

  it('that is missing keeps none, and reads none', async () => {
    const { admin } = await projectWith({ api_key: newKey() });
    const ledger = await startLedger({ env: { ...stage.env, SECRETS_KEY: '' } });
    const there = api(ledger.url, admin.key);
    expectProblem(await there.post('/v1/executions:run', RUN), 503, 'SECRET_UNREADABLE');
    expectProblem(await there.put('/v1/secrets/openai', { api_key: 'a' }), 503, 'SECRETS_NOT_CONFIGURED');
    expect((await there.delete('/v1/secrets/openai')).status).toBe(204);
    await ledger.stop();
  });

  it('that is new wraps again what the previous one has wrapped', async () => {
    const key = newKey();
    const { admin, id } = await projectWith({ api_key: key });
    const row = () =>
      stage.sql<{ sealed_key: Buffer; wrapped_by: string }>(
        'SELECT * FROM project_secrets WHERE project_id = $1',
        [id],
      );
    const [before] = await row();
    const next = randomBytes(32).toString('hex');
    const env = { ...stage.env, WORKER: 'off', SECRETS_KEY: next };
    const ledger = await startLedger({ env: { ...env, SECRETS_KEY_PREVIOUS: `${former()},` } });
    await eventually(async () => (await row())[0]?.wrapped_by !== before?.wrapped_by);
    expect((await row())[0]?.sealed_key.equals(before?.sealed_key ?? Buffer.alloc(0))).toBe(true);
    await ledger.stop();
    const alone = await startLedger({ env });
    stage.openai.reset();
    expect((await api(alone.url, admin.key).post('/v1/executions:run', RUN)).status).toBe(200);
    expect(keysAt(stage.openai)).toEqual([key]);
    await alone.stop();
    expect(
      await stage.sql(
        `SELECT count(*)::int AS count FROM audit_log WHERE action = 'secret.rewrap' AND project_id = $1`,
        [id],
      ),
    ).toEqual([{ count: 1 }]);
    // Restores the key of the other processes for the tests that follow.
    const back = await startLedger({ env: { ...stage.env, WORKER: 'off', SECRETS_KEY_PREVIOUS: next } });
    await eventually(async () => (await row())[0]?.wrapped_by === before?.wrapped_by);
    await back.stop();
  });
});

describe('prompt-ledger secrets', () => {
  it('reads the key from standard input, and shows its fingerprint', async () => {
    const { admin } = await makeProject(stage);
    const key = newKey();
    const env = { PROMPT_LEDGER_URL: stage.ledger.url, PROMPT_LEDGER_API_KEY: admin.key };
    const set = await runCli(['secrets', 'set', 'openai'], { env, input: `${key}\n` });
    expect(set).toMatchObject({ code: 0, stderr: '' });
    const { body } = await admin.get('/v1/secrets/openai');
    expect(set.stdout).toContain(String(body['fingerprint']));
    const list = await runCli(['secrets', 'list'], { env });
    expect(list.stdout).toContain(String(body['fingerprint']));
    expect(set.stdout + list.stdout).not.toContain(key);
    expect((await runCli(['secrets', 'set', 'openai', key], { env })).code).not.toBe(0);
    expect((await runCli(['secrets', 'set', 'openai'], { env, input: '\n' })).code).toBe(2);
    expect((await runCli(['secrets', 'delete', 'openai'], { env })).code).toBe(0);
    expectProblem(await admin.get('/v1/secrets/openai'), 404, 'SECRET_NOT_FOUND');
  });
});
