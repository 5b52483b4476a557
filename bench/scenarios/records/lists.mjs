import { URLSearchParams } from 'node:url';
import pg from 'pg';
import { describeFill, FILL_BATCH_ID, FILL_PROMPT, fillExecutions } from '../../lib/work/fill-executions.mjs';
import { startLedger } from '../../lib/servers/ledger.mjs';
import { atMost, row } from '../../lib/report/rows.mjs';

const WEEKS = 6;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST = atMost(5, 'ms');
/** A page may take seconds where no index serves it, so a few samples are enough there. */
const MOST_SECONDS = 5;
const WARM_UP_READS = 5;
const OTHER_PROMPT = 'bench-8';

/** The filters that clients may use, alone and in the pairs that people ask for. */
const FILTERS = [
  { name: 'everything', query: {} },
  { name: 'a prompt', query: { prompt_name: FILL_PROMPT } },
  { name: 'succeeded', query: { status: 'succeeded' } },
  { name: 'failed', query: { status: 'failed' } },
  { name: 'canceled', query: { status: 'canceled' } },
  { name: 'queued, of which there is none', query: { status: 'queued' } },
  { name: 'an environment', query: { environment: 'dev' } },
  { name: 'a correlation id', query: { correlation_id: 'order-100' } },
  { name: 'a batch', query: { batch_id: FILL_BATCH_ID } },
  { name: 'a prompt, failed', query: { prompt_name: OTHER_PROMPT, status: 'failed' } },
  {
    name: 'a prompt, canceled, of which there is none',
    query: { prompt_name: FILL_PROMPT, status: 'canceled' },
  },
  { name: 'a prompt in an environment', query: { prompt_name: FILL_PROMPT, environment: 'dev' } },
  { name: 'an environment, canceled', query: { environment: 'dev', status: 'canceled' } },
  { name: 'an environment, succeeded', query: { environment: 'dev', status: 'succeeded' } },
  { name: 'an environment that there is not', query: { environment: 'nowhere' } },
];

/** Measures pages of `GET /v1/executions` over a long history: the first one, one in the middle, and one of a single day. */
export async function measureLists(bench) {
  return bench.scope.within(async (scope) => {
    const { options, postgres, progress } = bench;
    const database = await postgres.createDatabase(scope, 'lists');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await scope.defer(() => client.end());
    const onChunk = (written) => progress(`lists, ${written.toLocaleString('en-US')} executions written`);
    await fillExecutions(client, { executions: options.executions, weeks: WEEKS, onChunk });
    progress('lists, VACUUM (ANALYZE)');
    await client.query('VACUUM (ANALYZE)');
    const ledger = await startLedger(scope, { tempDir: bench.tempDir, env: { DATABASE_URL: database.url } });
    const of = `of ${options.executions.toLocaleString('en-US')} executions`;
    const results = [];
    for (const [place, further] of Object.entries(await findPlaces(client, ledger))) {
      const scenario = `${place} ${of}`;
      progress(scenario);
      results.push(await measurePlace(bench, ledger, scenario, further));
    }
    return { results, notes: [`What is listed holds ${await describeFill(database)}, in ${WEEKS} weeks.`] };
  });
}

/** Finds one place for all filters, halfway through the history. */
async function findPlaces(client, ledger) {
  const { rows } = await client.query(
    'SELECT min(created_at) AS oldest, max(created_at) AS newest FROM executions',
  );
  const [{ oldest, newest }] = rows;
  const middleMs = (oldest.getTime() + newest.getTime()) / 2;
  const middle = new Date(middleMs).toISOString();
  const query = new URLSearchParams({ created_before: middle, limit: '1' });
  const page = await ledger.call('GET', `/v1/executions?${query}`);
  const day = { created_after: new Date(middleMs - DAY_MS).toISOString(), created_before: middle };
  return {
    'the first page': {},
    'a page in the middle': { cursor: page.next_cursor },
    'the first page of a day in the middle': day,
  };
}

async function measurePlace({ options, load }, ledger, scenario, further) {
  const samples = [];
  for (const { name, query } of FILTERS) {
    const search = new URLSearchParams({ ...query, ...further });
    const request = {
      url: `${ledger.url}/v1/executions?${search}`,
      method: 'GET',
      headers: ledger.headers,
      expectedStatus: 200,
    };
    const peer = { name, pid: ledger.process.pid, request };
    const limits = { connections: 1, seconds: MOST_SECONDS };
    await load.measure(peer, { ...limits, requests: WARM_UP_READS });
    samples.push({ name, ...(await load.measure(peer, { ...limits, requests: options.listReads })) });
  }
  const what = { scenario, unit: 'ms' };
  const rows = samples.map(({ name, p50Ms }) =>
    row({ ...what, figure: `${name}, p50`, goal: MOST }, single(p50Ms)),
  );
  const slowestMs = Math.max(...samples.map(({ p95Ms }) => p95Ms));
  rows.push(row({ ...what, figure: 'the highest p95 of these' }, single(slowestMs)));
  return { scenario, rounds: samples, rows };
}

function single(value) {
  return { value, peerValue: null, ratio: null };
}
