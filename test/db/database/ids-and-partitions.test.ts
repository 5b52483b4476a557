import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const WEEK_MS = 7 * 24 * 3_600_000;
/** The tables with a partition for each week. */
const TABLES = 5;

describe('ids and partitions', () => {
  let context: LedgerContext;

  beforeAll(async () => {
    context = await openLedgerContext();
  });

  afterAll(() => context.close());

  async function one<T>(text: string, values: unknown[] = []): Promise<T> {
    const { rows } = await context.owner.query<{ value: T }>(text, values);
    return (rows[0] as { value: T }).value;
  }

  it('makes UUIDv7 that carry the time of the database', async () => {
    const { rows } = await context.owner.query<{ id: string; now: Date }>(
      'SELECT ledger_uuid7() AS id, now() AS now',
    );
    const { id, now } = rows[0] as { id: string; now: Date };
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const ms = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
    expect(Math.abs(ms - now.getTime())).toBeLessThan(1000);
  });

  it('makes ids that sort as they were made, apart from those of one microsecond', async () => {
    const ids: string[] = [];
    for (let step = 0; step < 200; step += 1) ids.push(await one<string>('SELECT ledger_uuid7() AS value'));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('gives the lowest id of a millisecond', async () => {
    const at = '2026-01-31T12:00:00.123Z';
    const floor = await one<string>('SELECT ledger_uuid7_floor($1::timestamptz) AS value', [at]);
    expect(floor).toBe(
      `${Date.parse(at)
        .toString(16)
        .padStart(12, '0')
        .replace(/^(.{8})/, '$1-')}-7000-8000-000000000000`,
    );
  });

  it('gives the lowest id of all for a time before 1970', async () => {
    const floor = await one<string>(`SELECT ledger_uuid7_floor('0001-01-01T00:00:00Z') AS value`);
    expect(floor).toBe('00000000-0000-7000-8000-000000000000');
  });

  it('has partitions for this week and the next four, and makes none twice', async () => {
    // A week may have begun after the migrations, whose own week has the first partition.
    const begun = await one<number>(
      `SELECT (date_trunc('week', now() AT TIME ZONE 'UTC')::date - to_date(right(min(relname), 8), 'YYYYMMDD')) / 7 AS value
       FROM pg_class WHERE relname ~ '^executions_[0-9]{8}$'`,
    );
    expect(await one<number>('SELECT ledger_partition_weeks_ahead() AS value')).toBe(4 - begun);
    expect(await one<number>('SELECT ledger_ensure_partitions() AS value')).toBe(begun * TABLES);
    expect(await one<number>('SELECT ledger_partition_weeks_ahead() AS value')).toBe(4);
    expect(await one<number>('SELECT ledger_ensure_partitions() AS value')).toBe(0);
    expect(await one<number>('SELECT ledger_ensure_partitions(6) AS value')).toBe(2 * TABLES);
    expect(await one<number>('SELECT ledger_partition_weeks_ahead() AS value')).toBe(6);
  });

  it('puts a stray into the default partition, and makes no partition over it', async () => {
    const farAhead = new Date(Date.now() + 10 * WEEK_MS).toISOString();
    await context.owner.query(
      `INSERT INTO execution_outputs (project_id, execution_id, attempt, response_text, response_bytes, response_sha256)
       VALUES ($1, ledger_uuid7_floor($2::timestamptz), 1, 'x', 1, '')`,
      [context.projectId, farAhead],
    );
    expect(await one<string>('SELECT tableoid::regclass::text AS value FROM execution_outputs')).toBe(
      'execution_outputs_default',
    );
    await context.owner.query('SELECT ledger_ensure_partitions(12)');
    expect(await one<number>('SELECT count(*)::int AS value FROM execution_outputs')).toBe(1);
    // The other four tables have their partitions.
    expect(await one<number>('SELECT ledger_partition_weeks_ahead() AS value')).toBe(12);
  });
});
