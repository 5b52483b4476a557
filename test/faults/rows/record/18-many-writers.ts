import { randomInt } from 'node:crypto';
import type { LedgerProcess } from '../../../support/servers/processes.js';
import { ADMIN_KEY, type FaultContext } from '../../core/fault-context.js';
import { inParallel } from '../../core/ledger-client.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = { full: { forMs: 300_000, pauseMs: 40 }, short: { forMs: 2_000, pauseMs: 20 } };
const WRITERS = 64;
/** A short run continues until it has this many, which a busy machine may not reach in time. */
const LEAST_REQUESTS = WRITERS * 2;
const MOST_IN_BATCH = 20;
/** Few, so that writers compete for them all the time, also at different processes. */
const KEYS_AT_ONCE = 8;
const SETTLE_LIMIT_MS = 120_000;
/** Writers that outrun the workers pause, because work in progress cannot be compared with what was seen. */
const MOST_WAITING = 1000;

/** The work of the clients. Its ids are those that the service has acknowledged. */
interface Work {
  readonly counts: Record<string, number>;
  readonly ids: Set<string>;
  readonly batches: Map<string, number>;
  readonly refusals: string[];
  /** The latest ones, which somebody may cancel. */
  readonly recent: string[];
  keyTurn: number;
}

interface Contention {
  readonly deadlocks: number;
}

/**
 * Two APIs and two workers, whose journals write batches concurrently. Chance decides what meets in a batch and in which
 * order. Repeats under the same key and cancels reach for rows that others hold.
 */
export const manyWritersRow: FaultRow = {
  number: 18,
  fault: '64 writers, batches in random order, for 5 minutes',
  mustHold: '0 deadlocks, 0 lost rows',
  async run(context, size) {
    const { forMs, pauseMs } = SIZES[size];
    context.provider.behave({ kind: 'answer', delayMs: 5 });
    const settings = context.settings('Postgres', { WORKER: 'on', CONCURRENCY: '32' });
    const apis = [await context.startApi(settings), await context.startApi(settings)];
    await context.putPrompt((apis[0] as LedgerProcess).url);
    const work: Work = {
      counts: {},
      ids: new Set(),
      batches: new Map(),
      refusals: [],
      recent: [],
      keyTurn: 0,
    };
    const untilMs = performance.now() + forMs;
    let hadCompany = 0;
    let waiting = 0;
    const watch = watchDatabase(context, (look) => {
      if (look.locked > 0) hadCompany += 1;
      waiting = look.waiting;
    });
    await inParallel(WRITERS, WRITERS, async () => {
      const isEnough = () => performance.now() >= untilMs && sum(work.counts) >= LEAST_REQUESTS;
      while (!isEnough() && !context.isOver) {
        if (waiting < MOST_WAITING) await writeSomething(apis[randomInt(2)] as LedgerProcess, work);
        await new Promise((resolve) => setTimeout(resolve, randomInt(2 * pauseMs)));
      }
    });
    await watch.stop();
    const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);
    const { deadlocks } = await readContention(context);
    const lost = await findLost(context, work);
    const verdict = await context.check();
    return {
      landed: [
        { what: 'writers', count: WRITERS, atLeast: WRITERS },
        { what: 'requests', count: sum(work.counts), atLeast: LEAST_REQUESTS },
        { what: 'executions', count: verdict.executions, atLeast: WRITERS },
        {
          what: 'looks that found one writer waiting for another',
          count: hadCompany,
          atLeast: size === 'full' ? 1 : 0,
        },
      ],
      measured: {
        ...work.counts,
        executions: verdict.executions,
        deadlocks,
        'lost rows': lost.length,
        'answers of the server other than wanted': work.refusals.length,
      },
      broken: [
        ...verdict.broken,
        ...(settledMs === null ? ['Not all was done within two minutes.'] : []),
        ...(deadlocks === 0 ? [] : [`Postgres broke ${deadlocks} deadlocks.`]),
        ...lost.slice(0, 5),
        ...work.refusals.slice(0, 5),
      ],
    };
  },
};

async function writeSomething({ url }: LedgerProcess, work: Work): Promise<void> {
  const dice = Math.random();
  if (dice < 0.3) return write(url, work, 'submit');
  if (dice < 0.5) return write(url, work, 'run');
  if (dice < 0.65) return write(url, work, 'batch');
  if (dice < 0.75) return write(url, work, 'submit', nextKey(work));
  if (dice < 0.8) return write(url, work, 'run', nextKey(work));
  if (dice < 0.88) return write(url, work, 'batch', nextKey(work));
  return cancel(url, work);
}

/** Returns one key for several concurrent requests, then another. */
function nextKey(work: Work): string {
  work.keyTurn += 1;
  return `key-${Math.floor(work.keyTurn / (2 * KEYS_AT_ONCE))}-${randomInt(KEYS_AT_ONCE)}`;
}

const ROUTES = { submit: 'submit', run: 'run', batch: 'submit-batch' } as const;

async function write(url: string, work: Work, kind: keyof typeof ROUTES, key?: string): Promise<void> {
  // Requests with the same key ask for the same.
  const name = key ?? String(Math.random());
  const size = key === undefined ? 1 + randomInt(MOST_IN_BATCH) : MOST_IN_BATCH;
  const variables = { name };
  const content =
    kind === 'batch' ? { entries: Array.from({ length: size }, () => ({ variables })) } : { variables };
  const { status, body } = await post(
    url,
    `/v1/executions:${ROUTES[kind]}`,
    { prompt_name: 'greeting', ...content },
    key,
  );
  count(work, key === undefined ? kind : `${kind} with a key`);
  // Another request may be using that key.
  if (status === 409 && body['code'] === 'IDEMPOTENCY_IN_FLIGHT') return;
  if (status !== (kind === 'run' ? 200 : 202)) {
    work.refusals.push(`${kind} was answered with ${status} ${JSON.stringify(body)}.`);
    return;
  }
  const ids = kind === 'batch' ? (body['execution_ids'] as string[]) : [body['execution_id'] as string];
  for (const id of ids) work.ids.add(id);
  if (kind === 'batch') work.batches.set(body['batch_id'] as string, size);
  if (kind !== 'run')
    work.recent.push(kind === 'batch' ? `batches/${String(body['batch_id'])}` : `executions/${ids[0] ?? ''}`);
  if (work.recent.length > WRITERS) work.recent.shift();
}

async function cancel(url: string, work: Work): Promise<void> {
  const target = work.recent[randomInt(Math.max(1, work.recent.length))];
  if (target === undefined) return;
  const { status, body } = await post(url, `/v1/${target}:cancel`, undefined);
  count(work, 'cancel');
  if (status !== 200 && status !== 409)
    work.refusals.push(`A cancel was answered with ${status} ${JSON.stringify(body)}.`);
}

async function post(url: string, route: string, body: unknown, key?: string) {
  const headers = {
    'x-api-key': ADMIN_KEY,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${url}${route}`, { method: 'POST', headers, ...init });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function count({ counts }: Work, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}

/** Postgres counts every deadlock that it breaks, including those that the service recovers from. */
async function readContention({ database }: FaultContext): Promise<Contention> {
  // A session reports its statistics only after it has been idle for a moment.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const [row] = await database.query<Contention>(
    'SELECT deadlocks::int AS deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  if (row === undefined) throw new Error('the database has no statistics');
  return row;
}

/** Checks periodically whether a session waits for a lock of another. */
function watchDatabase(
  { database }: FaultContext,
  onLook: (look: { readonly locked: number; readonly waiting: number }) => void,
): { stop(): Promise<void> } {
  let isOver = false;
  const look = async () => {
    while (!isOver) {
      const [seen] = await database.query<{ locked: number; waiting: number }>(
        `SELECT (SELECT count(*)::integer FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock') AS locked,
           (SELECT count(*)::integer FROM executions_all WHERE status = 'queued') AS waiting`,
      );
      if (seen !== undefined) onLook(seen);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const looking = look();
  return {
    stop: async () => {
      isOver = true;
      await looking;
    },
  };
}

/** Finds acknowledged executions that are missing, and incomplete batches. */
async function findLost({ database }: FaultContext, { ids, batches }: Work): Promise<string[]> {
  const rows = await database.query<{ id: string; batch: string | null }>(
    'SELECT execution_id AS id, batch_id AS batch FROM executions_all',
  );
  const known = new Set(rows.map(({ id }) => id));
  const sizes = new Map<string, number>();
  for (const { batch } of rows) if (batch !== null) sizes.set(batch, (sizes.get(batch) ?? 0) + 1);
  return [
    ...[...ids].filter((id) => !known.has(id)).map((id) => `${id} was answered for and is not there.`),
    ...[...batches]
      .filter(([batch, size]) => sizes.get(batch) !== size)
      .map(
        ([batch, size]) => `The batch ${batch} has ${String(sizes.get(batch))} of its ${size} executions.`,
      ),
  ];
}
