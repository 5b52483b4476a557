import { api } from '../../support/api-client.js';
import { createTestDatabase, type TestDatabase } from '../../support/database/database.js';
import { spawnService, startLedger, startWorker } from '../../support/servers/processes.js';
import { testRedisUrl } from '../../support/servers/redis.js';

describe('the processes of the tests', () => {
  let database: TestDatabase;
  let env: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = {
      DATABASE_URL: database.url,
      API_KEY: 'a-key-of-the-test',
      KEY_HASH_SECRET: 'a-secret-of-the-test',
    };
  });

  afterAll(async () => {
    await database.drop();
  });

  it('are an API that answers and ends in order', async () => {
    const ledger = await startLedger({ env });
    const health = await api(ledger.url, null).get('/health');
    expect(health).toMatchObject({ status: 200, body: { status: 'ok' } });
    const refused = await api(ledger.url, 'another key').post('/v1/executions:run', {});
    expect(refused).toMatchObject({ status: 401, body: { code: expect.any(String) as string } });
    expect(await ledger.stop()).toEqual({ code: 0, signal: null });
  });

  it.each(['Postgres', 'Redis'])('are a worker that listens to %s and ends in order', async (bell) => {
    const worker = await startWorker({ env: bell === 'Redis' ? { ...env, REDIS_URL: testRedisUrl() } : env });
    expect(worker.logs.join('\n')).toContain(`bell by ${bell}`);
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });

  it('see nothing of the environment around the tests', async () => {
    process.env.DATABASE_URL = 'not a url';
    const ledger = await startLedger({ env });
    delete process.env.DATABASE_URL;
    expect(await ledger.kill()).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('say what they printed when they do not start', async () => {
    await expect(startLedger({ env: { ...env, PORT: 'none' } })).rejects.toThrow(
      'PORT must be a whole number',
    );
    const { exit } = spawnService('main.js', { ...env, PORT: 'none' });
    expect((await exit).code).toBe(1);
  });
});
