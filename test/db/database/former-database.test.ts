import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { createEmptyDatabase, type TestDatabase } from '../../support/database/database.js';

const run = promisify(execFile);
const ROOT = path.join(__dirname, '../../..');

interface Ended {
  readonly code: number;
  readonly stderr: string;
}

describe('a database of before the first release', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    client = new Client({ connectionString: database.url });
    await client.connect();
    // The traces of its first migration, as far as any code reads them.
    await client.query(`CREATE TABLE migrations (id serial, timestamp bigint, name text)`);
    await client.query(
      `INSERT INTO migrations (timestamp, name) VALUES (1795377600000, 'CreateLedger1795377600000')`,
    );
    await client.query(`CREATE FUNCTION ledger_applied_migrations() RETURNS text[]
      LANGUAGE sql AS 'SELECT array_agg(name::text) FROM migrations'`);
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  async function start(
    script: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<Ended> {
    const options = { env: { PATH: process.env.PATH, DATABASE_URL: database.url, PORT: '0', ...env } };
    return run(process.execPath, [path.join(ROOT, 'dist/src', script), ...args], options).then(
      () => ({ code: 0, stderr: '' }),
      (error: unknown) => error as Ended,
    );
  }

  it.each([
    ['migrate', 'cli.js', ['migrate'], {}],
    ['migrate --revert', 'cli.js', ['migrate', '--revert'], {}],
    ['the API', 'main.js', [], {}],
    ['the API that migrates', 'main.js', [], { MIGRATE_ON_START: 'true' }],
    ['a worker', 'worker.js', [], {}],
  ] as const)('is refused by %s, in one sentence, and left as it is', async (_what, script, args, env) => {
    const { code, stderr } = await start(script, args, env);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^This database was made by a version of Prompt Ledger from before its first release.*start with an empty one/,
      ),
    ]);
    const { rows } = await client.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    expect(rows).toEqual([{ relname: 'migrations' }]);
  });
});
