import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../../migrations/index.js';
import { ENTITIES } from '../../../src/entities/index.js';
import { revertLatestMigration } from '../../../src/infra/database/migrations/migrate.js';
import {
  createEmptyDatabase,
  createTestDatabase,
  migrate,
  type TestDatabase,
} from '../../support/database/database.js';

/** Everything that a migration makes, as text that can be compared. */
const CATALOGUE = `
  SELECT format('%s %s', c.relkind, c.relname) AS line FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind <> 'i'
  UNION ALL SELECT format('column %s.%s %s %s', table_name, column_name, data_type, is_nullable) FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT format('function %s', p.oid::regprocedure) FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
  UNION ALL SELECT format('policy %s on %s', polname, polrelid::regclass) FROM pg_policy
  ORDER BY line`;

async function connect(database: TestDatabase): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return client;
}

async function catalogue(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(CATALOGUE);
  return rows.map(({ line }) => line);
}

/** TypeORM's schema builder sends many queries at once over one connection, which pg warns about. */
function queryOneByOne(dataSource: DataSource): void {
  const create = dataSource.createQueryRunner.bind(dataSource);
  dataSource.createQueryRunner = (mode) => {
    const runner = create(mode);
    const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
    let last: Promise<unknown> = Promise.resolve();
    runner.query = (async (...args: unknown[]) => {
      const turn = last;
      const answer = turn.then(() => query(...args));
      last = answer.catch(() => undefined);
      return answer;
    }) as typeof runner.query;
    return runner;
  };
}

describe('the migrations', () => {
  let database: TestDatabase;
  let client: Client;

  beforeEach(async () => {
    database = await createEmptyDatabase();
    client = await connect(database);
  });

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  it('go up, down to nothing, and up again to the same', async () => {
    await migrate(database.url);
    const first = await catalogue(client);
    await migrate(database.url, '--revert');
    for (const _ of MIGRATIONS.slice(1)) await revertLatestMigration(database.url);
    // TypeORM's own list of executed migrations stays.
    const left = (await catalogue(client)).filter((line) => !line.includes('migrations'));
    expect(left).toEqual([]);
    await migrate(database.url);
    expect(await catalogue(client)).toEqual(first);
  });

  it('do nothing the second time, and wait for each other when they are started together', async () => {
    await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    const { rows } = await client.query('SELECT name FROM projects');
    expect(rows).toEqual([{ name: 'default' }]);
  });

  it('run as an owner who may make no roles, whose functions still look across projects', async () => {
    const name = `owner_${Date.now().toString(36)}`;
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
    // The application's role belongs to the server. Who may set it has to be granted here, as an operator would.
    await client.query(
      `DO $$ BEGIN CREATE ROLE prompt_ledger_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    );
    await client.query(`GRANT prompt_ledger_app TO ${name}`);
    const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
    await client.query(`ALTER DATABASE ${(rows[0] as { name: string }).name} OWNER TO ${name}`);
    const url = new URL(database.url);
    url.username = name;
    url.password = 'secret';
    await migrate(url.href);
    const owner = new Client({ connectionString: url.href });
    await owner.connect();
    await owner.query('SET ROLE prompt_ledger_app');
    const found = await owner.query<{ id: string | null }>(`SELECT ledger_find_project('default') AS id`);
    expect(found.rows[0]?.id).toEqual(expect.any(String));
    expect((await owner.query('SELECT FROM projects')).rowCount).toBe(0);
    await owner.query('RESET ROLE');
    // Row-level security is forced, so even the owner sees nothing by accident.
    expect((await owner.query('SELECT FROM projects')).rowCount).toBe(0);
    await owner.end();
    await client.query(`REASSIGN OWNED BY ${name} TO CURRENT_USER; DROP OWNED BY ${name}; DROP ROLE ${name}`);
  });
});

describe('migrating what cannot be migrated', () => {
  it('names the statement that is missing to an owner who may not become the role of the application', async () => {
    const database = await createEmptyDatabase();
    const client = await connect(database);
    const name = `stranger_${Date.now().toString(36)}`;
    const { pathname } = new URL(database.url);
    await client.query(
      `DO $$ BEGIN CREATE ROLE prompt_ledger_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    );
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
    await client.query(`ALTER DATABASE ${pathname.slice(1)} OWNER TO ${name}`);
    const url = new URL(database.url);
    [url.username, url.password] = [name, 'secret'];

    await expect(migrate(url.href)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        new RegExp(`^[^\\n]*As a superuser run: GRANT prompt_ledger_app TO ${name};[^\\n]*\\n$`),
      ) as string,
    });

    await client.query(`REASSIGN OWNED BY ${name} TO CURRENT_USER; DROP OWNED BY ${name}; DROP ROLE ${name}`);
    await client.end();
    await database.drop();
  });

  it.each([
    ['a server that is not there', 'postgres://nobody:x@127.0.0.1:1/nothing'],
    ['a database that is not there', null],
  ])('says so in one sentence of %s', async (_what, url) => {
    const nowhere = new URL(process.env['LEDGER_TEST_POSTGRES_URL'] ?? '');
    nowhere.pathname = '/no_such_database';
    await expect(migrate(url ?? nowhere.href)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^[^\n]*The database that is to be migrated cannot be used: [^\n]+\n$/,
      ) as string,
    });
  });
});

describe('the entities', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    await migrate(database.url);
    dataSource = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: ENTITIES,
      installExtensions: false,
    });
    await dataSource.initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('leave `npm run migrate:generate` nothing to do', async () => {
    queryOneByOne(dataSource);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('have the columns of the tables, and no others', async () => {
    const inTables = await dataSource.query<{ line: string }[]>(
      `SELECT format('%s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' ELSE 'null' END) AS line
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'migrations' ORDER BY line`,
    );
    const inEntities = dataSource.entityMetadatas.flatMap(({ tableName, columns }) =>
      columns.map((column) => {
        const type = `${dataSource.driver.normalizeType(column)}${column.isArray ? '[]' : ''}`;
        const full = type.replace('timestamptz', 'timestamp with time zone');
        return `${tableName}.${column.databaseName} ${full} ${column.isNullable ? 'null' : 'not null'}`;
      }),
    );
    expect(inEntities.sort()).toEqual(inTables.map(({ line }) => line).sort());
  });

  it.each([
    // Columns that only an execution in flight has, columns that repeat another, and the rule that selects the row of an attempt.
    [
      'executions',
      { more: ['due_at', 'fence', 'lapses', 'lease_until'], less: ['rollout_id', 'rollout_arm'] },
    ],
    ['execution_attempts', { more: [], less: ['late'] }],
  ])('say what the view %s_all shows', async (table, { more, less }) => {
    const inView = await dataSource.query<{ name: string }[]>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`,
      [`${table}_all`],
    );
    const entity = dataSource.entityMetadatas.find(({ tableName }) => tableName === table);
    const columns = (entity?.columns ?? []).map(({ databaseName }) => databaseName);
    const shown = columns.filter((name) => !less.includes(name));
    expect(inView.map(({ name }) => name).sort()).toEqual([...shown, ...more].sort());
  });
});

describe('the tables', () => {
  it('are those that docs/tables.md lists', async () => {
    const database = await createTestDatabase();
    const client = await connect(database);
    try {
      const { rows } = await client.query<{ name: string }>(
        `SELECT relname AS name FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'migrations'`,
      );
      const page = await readFile(path.join(__dirname, '../../../docs/tables.md'), 'utf8');
      const listed = page
        .split('\n')
        .flatMap((line) => [...(/^\| (`[^|]+) \|/.exec(line)?.[1] ?? '').matchAll(/`(\w+)`/g)])
        .map(([, name]) => name);
      expect(listed.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
    } finally {
      await client.end();
      await database.drop();
    }
  });
});
