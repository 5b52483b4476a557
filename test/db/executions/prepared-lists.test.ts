import {
  ExecutionReadsRepository,
  type ListFilter,
} from '../../../src/modules/executions/reads/execution-reads.repository.js';
import { MeasuredConnection } from '../../support/database/measured-connection.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

const ANY_ID = '00000000-0000-7000-8000-000000000009';
const FILTERS: readonly Partial<ListFilter>[] = [
  { environment: 'dev' },
  { correlationId: 'order 7' },
  { batchId: ANY_ID },
  { beforeId: ANY_ID },
  { createdAfter: new Date(0) },
  { createdBefore: new Date() },
];

let context: LedgerContext;
let connection: MeasuredConnection;

beforeAll(async () => {
  context = await openLedgerContext();
  connection = await MeasuredConnection.open(context.url);
});
afterAll(async () => {
  await connection.close();
  await context.close();
});

async function countPrepared(): Promise<number> {
  const { rows } = await connection.client.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM pg_prepared_statements WHERE name LIKE 'list %'`,
  );
  return rows[0]?.count ?? 0;
}

it('keeps the first lists prepared that are asked for, and answers all others too', async () => {
  const reads = new ExecutionReadsRepository(connection.asScope());
  const list = async (filter: Partial<ListFilter>) =>
    expect(await reads.list(context.projectId, { limit: 10, ...filter })).toEqual([]);
  for (let time = 0; time < 3; time += 1) await list({});
  expect(await countPrepared()).toBe(1);
  for (let chosen = 1; chosen < 2 ** FILTERS.length; chosen += 1) {
    const filters = FILTERS.filter((_, nth) => (chosen & (1 << nth)) !== 0);
    await list(Object.assign({}, ...filters) as Partial<ListFilter>);
  }
  expect(await countPrepared()).toBe(32);
});
