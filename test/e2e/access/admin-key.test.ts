import { api } from '../../support/api-client.js';
import { createTestDatabase, type TestDatabase } from '../../support/database/database.js';
import { eventually } from '../../support/eventually.js';
import { spawnService, startLedger } from '../../support/servers/processes.js';

const DEFAULT_KEY = 'dev-key-change-in-production';

let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  env = { DATABASE_URL: database.url, KEY_HASH_SECRET: 'a-secret-of-the-test', WORKER: 'off' };
});
afterAll(() => database.drop());

describe('the key of the instance admin', () => {
  it.each([
    ['left out', {}],
    ['empty', { API_KEY: '' }],
    ['the published one', { API_KEY: DEFAULT_KEY }],
  ])('keeps a production from starting when it is %s', async (_what, key) => {
    const service = spawnService('main.js', { ...env, ...key, NODE_ENV: 'production', PORT: '0' });
    expect((await service.exit).code).toBe(1);
    const lines = service.logs.filter((line) => line !== '');
    expect(lines).toEqual([expect.stringContaining('API_KEY')]);
  });

  it('lets a production start when it is another one, and stands in no line it prints', async () => {
    const ledger = await startLedger({
      env: { ...env, API_KEY: 'a-key-of-the-test', NODE_ENV: 'production' },
    });
    await eventually(() => ledger.logs.some((line) => line.includes('curl ')));
    expect((await api(ledger.url, 'a-key-of-the-test').get('/v1/keys')).status).toBe(200);
    expect((await api(ledger.url, DEFAULT_KEY).get('/v1/keys')).status).toBe(401);
    await ledger.stop();
    expect(ledger.logs.join('\n')).not.toContain('a-key-of-the-test');
  });

  it('stands in the banner when it is the published one', async () => {
    const ledger = await startLedger({ env });
    await eventually(() => ledger.logs.some((line) => line.includes('curl ')));
    expect(ledger.logs.join('\n')).toContain(DEFAULT_KEY);
    expect((await api(ledger.url, DEFAULT_KEY).get('/v1/keys')).status).toBe(200);
    await ledger.stop();
  });
});
