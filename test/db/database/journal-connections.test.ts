import { Pool } from 'pg';
import { JournalConnections } from '../../../src/infra/database/index.js';
import { journalPoolOptions } from '../../../src/infra/database/connections/data-source-options.js';
import { PoolErrorLog } from '../../../src/infra/database/connections/pool-error-log.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

describe('the connections of the journals', () => {
  let context: LedgerContext;
  let connections: JournalConnections;

  beforeAll(async () => {
    context = await openLedgerContext();
    await context.owner.query('CREATE TABLE rehearsed (pid integer)');
    await context.owner.query('GRANT SELECT, INSERT ON rehearsed TO prompt_ledger_app');
    connections = new JournalConnections(context.config, new PoolErrorLog());
    const text = 'INSERT INTO rehearsed SELECT pg_backend_pid()';
    connections.rehearse({ name: 'rehearsal', text, values: [] });
    await connections.onApplicationBootstrap();
  });

  afterAll(async () => {
    await connections.onApplicationShutdown();
    await context.close();
  });

  async function rehearsedPids(): Promise<number[]> {
    const { rows } = await context.owner.query<{ pid: number }>('SELECT pid FROM rehearsed ORDER BY pid');
    return rows.map(({ pid }) => pid);
  }

  const askPid = async () => {
    const [row] = await connections.call<{ pid: number }>({
      name: 'pid',
      text: 'SELECT pg_backend_pid() AS pid',
      values: [],
    });
    return row?.pid;
  };

  it('are all open before the process listens, and each has made every call once', async () => {
    const pids = await rehearsedPids();
    expect(pids).toHaveLength(6);
    expect(new Set(pids).size).toBe(6);
    expect(pids).toContain(await askPid());
  });

  it('outlive a statement that is refused, so that a bad entry costs no other request its plans', async () => {
    const before = await rehearsedPids();
    const bad = { name: 'bad', text: 'SELECT $1::json', values: ['{"text": "\\u0000"} no JSON'] };
    for (let times = 0; times < 10; times += 1) {
      await expect(connections.call(bad)).rejects.toMatchObject({ code: '22P02' });
    }
    expect(before).toContain(await askPid());
    expect(await rehearsedPids()).toEqual(before);
  });

  it('are replaced when they are lost, by others that have made every call', async () => {
    const before = await rehearsedPids();
    await context.owner.query('SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid', [before]);
    const pids: (number | undefined)[] = [];
    for (let tries = 0; tries < 20 && pids.length === 0; tries += 1) {
      const pid = await askPid().catch(() => undefined);
      if (pid !== undefined && !before.includes(pid)) pids.push(pid);
    }
    expect(await rehearsedPids()).toEqual(expect.arrayContaining(pids));
    expect(pids).toHaveLength(1);
  });

  it('do not end the process when one is lost in the moment it is lent', async () => {
    const pool = new Pool(journalPoolOptions(context.config.backends.databaseUrl, 1));
    // Nobody listens yet, because the borrower gets the connection in a later turn.
    const lent = await pool.connect();
    const { rows } = await lent.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const ended = new Promise((resolve) => lent.once('end', resolve));
    await context.owner.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
    await ended;
    await expect(lent.query('SELECT 1')).rejects.toThrow();
    lent.release(true);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});
