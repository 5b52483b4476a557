import path from 'node:path';
import type { ReceivedRequest } from '../../../fakes/vendors/openai-server.js';
import type { ServiceProcess } from '../../../support/servers/processes.js';
import type { FaultContext, Settings } from '../../core/fault-context.js';
import { isAlive } from '../../core/connections/faulty-server.js';
import { inParallel } from '../../core/ledger-client.js';
import type { FaultRow, Size } from '../../core/row.js';

const HOUR_MS = 3_600_000;
type Process = 'API' | 'worker';
const SIZES: Readonly<Record<Size, { rounds: readonly Process[]; executions: number; kills: number }>> = {
  full: { rounds: ['API', 'worker'], executions: 200, kills: 5 },
  short: { rounds: ['API'], executions: 10, kills: 1 },
};
/** Half the hour is far more than anything else can explain. */
const CLEARLY_OFF_MS = HOUR_MS / 2;
const LEASE_MS = 2_000;
const RETRY_WAIT_MS = 2_000;
const JITTER = 0.2;
const ASKED_WAIT_S = 3;
/** How far a process's timestamps may lie outside the database's times: the duration of its round trip. */
const TRIP_MS = 500;
const SETTLE_LIMIT_MS = 60_000;
const SHIFT_CLOCK = path.join(__dirname, '../../preloads/shift-clock.cjs');

interface Written {
  readonly label: string;
  readonly status: string;
  readonly partition: string;
  readonly id_ms: number;
  readonly created_ms: number;
}

/** The clocks of API and worker are off in opposite directions, so that they also disagree with each other. Then they swap. */
export const clockOffRow: FaultRow = {
  number: 11,
  fault: 'application clock off by an hour either way',
  mustHold: 'leases, retries and partitions behave the same',
  async run(context, size) {
    context.provider.behave((received) => behaviourOf(received));
    const broken: string[] = [];
    const shifts: number[] = [];
    const measured: Record<string, number> = {};
    const { rounds, ...counts } = SIZES[size];
    for (const ahead of rounds) {
      const round = await playRound(context, ahead, counts);
      broken.push(...round.broken);
      shifts.push(...round.shifts);
      Object.assign(measured, round.measured);
    }
    const verdict = await context.check();
    const isOff = (shiftMs: number, sign: number) => Math.abs(shiftMs - sign * HOUR_MS) < CLEARLY_OFF_MS;
    return {
      landed: [
        {
          what: 'processes an hour ahead',
          count: shifts.filter((ms) => isOff(ms, 1)).length,
          atLeast: rounds.length,
        },
        {
          what: 'processes an hour behind',
          count: shifts.filter((ms) => isOff(ms, -1)).length,
          atLeast: rounds.length,
        },
        {
          what: 'leases that lapsed',
          count: verdict.attemptsByStatus['outcome_unknown'] ?? 0,
          atLeast: counts.kills * rounds.length,
        },
      ],
      measured: { executions: verdict.executions, ...measured },
      broken: [...verdict.broken, ...broken],
    };
  },
};

/** The label of an execution, which its prompt renders, selects what happens to it. */
function behaviourOf({ body, attemptId }: ReceivedRequest) {
  const text = JSON.stringify(body?.['messages']);
  const isFirst = attemptId?.endsWith('-1') === true;
  if (text.includes('hung'))
    return isFirst ? ({ kind: 'hang', at: 'start' } as const) : ({ kind: 'answer' } as const);
  // Longer than a lease, so that it has to be renewed.
  if (text.includes('long')) return { kind: 'answer', delayMs: LEASE_MS * 1.5 } as const;
  if (text.includes('failing') && isFirst) return { kind: 'error', status: 500 } as const;
  if (text.includes('asked') && isFirst) {
    // The vendor's clock is right, as is that of the database.
    const date = new Date(Date.now() + (ASKED_WAIT_S + 1) * 1000).toUTCString();
    return { kind: 'error', status: 429, headers: { 'retry-after': date } } as const;
  }
  return { kind: 'answer' } as const;
}

async function playRound(
  context: FaultContext,
  ahead: Process,
  { executions, kills }: { executions: number; kills: number },
) {
  const settingsOf = (shiftMs: number) => shifted(context, shiftMs);
  const [apiShiftMs, workerShiftMs] = ahead === 'API' ? [HOUR_MS, -HOUR_MS] : [-HOUR_MS, HOUR_MS];
  const api = await context.startApi(settingsOf(apiShiftMs));
  const shifts = [clockShiftMs(api)];
  await context.putPrompt(api.url);
  const sinceMs = await databaseMs(context);
  const client = context.client(api.url);
  const label = (name: string) => `${ahead} ahead/${name}`;
  await inParallel(executions, 1, (index) =>
    client
      .request({
        label: label(String(index)),
        key: label(String(index)),
        route: index % 2 === 0 ? 'submit' : 'run',
      })
      .send(),
  );
  const untilMs = await databaseMs(context);
  const broken = judgeWritten(await findWritten(context, label('%')), sinceMs, untilMs);
  broken.push(...(await judgeKeys(context)));

  const hung = Array.from({ length: kills }, (_, kill) => label(`hung ${kill}`));
  for (const name of hung) await client.submit({ label: name, more: { timeout_ms: 60_000 } });
  for (const name of ['long', 'failing', 'asked']) await client.submit({ label: label(name) });
  const worker = await context.startWorker(settingsOf(workerShiftMs));
  shifts.push(clockShiftMs(worker));
  const retries = await judgeRetries(context, label('failing'), label('asked'));
  await context.until(async () => (await countHeld(context)) === kills, 'all but the hung calls to end');
  broken.push(...retries.broken, ...(await judgeLeases(context)));
  await worker.kill();
  if (isAlive(worker.pid)) broken.push('The worker could not be killed.');
  const killedAtMs = performance.now();
  const heir = await context.startWorker(settingsOf(-workerShiftMs));
  await context.untilSettled(SETTLE_LIMIT_MS);
  const inheritedMs = Math.round(performance.now() - killedAtMs);
  broken.push(...(await judgeAttempts(context, label('%'))));
  await Promise.all([api.kill(), heir.kill()]);
  const measured = {
    [`${ahead} ahead: retried after, ms`]: retries.waitMs,
    [`${ahead} ahead: lapsed leases done after, ms`]: inheritedMs,
  };
  return { broken, shifts: shifts.filter((ms) => ms !== null), measured };
}

function shifted(context: FaultContext, shiftMs: number): Settings {
  return context.settings('Postgres', {
    NODE_OPTIONS: `--require=${SHIFT_CLOCK}`,
    FAULTS_CLOCK_SHIFT_MS: String(shiftMs),
    LEASE_MS: String(LEASE_MS),
    RETRY_WAITS_MS: String(RETRY_WAIT_MS),
    LOG_LEVEL: 'info',
  });
}

/** Returns how far the clock of a process is off according to its log; null when it has logged nothing. */
function clockShiftMs({ logs }: ServiceProcess): number | null {
  const line = logs.findLast((each) => each.startsWith('{') && each.includes('"time":'));
  return line === undefined ? null : (JSON.parse(line) as { time: number }).time - Date.now();
}

async function databaseMs({ database }: FaultContext): Promise<number> {
  const [row] = await database.query<{ ms: number }>(
    'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
  );
  return row?.ms ?? Number.NaN;
}

/** In the order of the requests. */
function findWritten({ database }: FaultContext, label: string): Promise<Written[]> {
  return database.query<Written>(
    `SELECT correlation_id AS label, status, i.tableoid::regclass::text AS partition,
       ('x' || left(replace(execution_id::text, '-', ''), 12))::bit(48)::bigint::float8 AS id_ms,
       extract(epoch FROM created_at)::float8 * 1000 AS created_ms
     FROM executions_all JOIN execution_inputs i USING (project_id, execution_id) WHERE correlation_id LIKE $1 ORDER BY execution_id`,
    [label],
  );
}

function judgeWritten(rows: readonly Written[], sinceMs: number, untilMs: number): string[] {
  const isOutside = (ms: number) => ms < sinceMs - TRIP_MS || ms > untilMs + TRIP_MS;
  const astray = rows.filter((row) => isOutside(row.id_ms) || isOutside(row.created_ms));
  const order = rows.map(({ label }) => Number(label.split('/')[1]));
  const isOrdered = order.every((number, index) => number === index);
  const misplaced = rows.filter(({ partition }) => partition.endsWith('_default'));
  return [
    ...astray.slice(0, 3).map((row) => `${row.label} was written for another time: ${JSON.stringify(row)}.`),
    ...(isOrdered ? [] : [`Ids are not in the order of the requests: ${order.join(', ')}.`]),
    ...misplaced.slice(0, 3).map(({ label, partition }) => `${label} is in ${partition}.`),
  ];
}

async function judgeKeys({ database }: FaultContext): Promise<string[]> {
  const bad = await database.query<{ key: string; hours: number }>(
    `SELECT key, extract(epoch FROM expires_at - now()) / 3600 AS hours FROM idempotency_keys
     WHERE expires_at NOT BETWEEN now() + interval '23.5 hours' AND now() + interval '24 hours'`,
  );
  return bad.slice(0, 3).map(({ key, hours }) => `The key ${key} is kept for ${hours} hours.`);
}

/** Judges how long each retry waited, by the database's clock. */
async function judgeRetries(context: FaultContext, failing: string, asked: string) {
  const waits = new Map<string, number>();
  const look = async () => {
    const rows = await context.database.query<{ label: string; wait_ms: number }>(
      `SELECT correlation_id AS label, extract(epoch FROM due_at - a.completed_at)::float8 * 1000 AS wait_ms
       FROM executions_all e JOIN execution_attempts_all a USING (project_id, execution_id)
       WHERE correlation_id IN ($1, $2) AND e.status = 'queued' AND a.attempt = 1`,
      [failing, asked],
    );
    for (const { label, wait_ms: waitMs } of rows) waits.set(label, waitMs);
    return waits.size === 2;
  };
  await context.until(look, 'two retries to wait');
  const waitMs = Math.round(waits.get(failing) ?? Number.NaN);
  const askedMs = waits.get(asked) ?? Number.NaN;
  // A date has whole seconds, and the wait is rounded up and jittered.
  const isAsked = askedMs >= (ASKED_WAIT_S - 1) * 1000 && askedMs <= (ASKED_WAIT_S + 2) * 1000;
  return {
    waitMs,
    broken: [
      ...(Math.abs(waitMs - RETRY_WAIT_MS) <= RETRY_WAIT_MS * JITTER + 100
        ? []
        : [`${failing} waits for ${waitMs} ms.`]),
      ...(isAsked
        ? []
        : [`${asked} waits for ${askedMs} ms in place of the ${ASKED_WAIT_S} s that it was asked for.`]),
    ],
  };
}

async function countHeld({ database }: FaultContext): Promise<number> {
  const rows = await database.query(`SELECT FROM executions_all WHERE status IN ('queued', 'running')`);
  return rows.length;
}

/** The leases of hanging calls are renewed again and again. */
async function judgeLeases({ database }: FaultContext): Promise<string[]> {
  const rows = await database.query<{ label: string; left_ms: number; fence: number }>(
    `SELECT correlation_id AS label, extract(epoch FROM lease_until - now())::float8 * 1000 AS left_ms, fence
     FROM executions_all WHERE status = 'running'`,
  );
  const bad = rows.filter(({ left_ms: leftMs, fence }) => leftMs > LEASE_MS || fence !== 1);
  return bad.map((row) => `A lease is wrong: ${JSON.stringify(row)}.`);
}

/** Lost calls were repeated, a long one was not, and nothing else was repeated without a failure. */
async function judgeAttempts({ database }: FaultContext, label: string): Promise<string[]> {
  const rows = await database.query<{ label: string; status: string; attempts: string }>(
    `SELECT correlation_id AS label, e.status, string_agg(a.status, ' ' ORDER BY attempt) AS attempts
     FROM executions_all e JOIN execution_attempts_all a USING (project_id, execution_id)
     WHERE correlation_id LIKE $1 GROUP BY correlation_id, e.status`,
    [label],
  );
  const expected = (name: string) => {
    if (name.includes('/hung')) return 'outcome_unknown succeeded';
    return /\/(?:failing|asked)/.test(name) ? 'failed succeeded' : 'succeeded';
  };
  const bad = rows.filter((row) => row.status !== 'succeeded' || row.attempts !== expected(row.label));
  return bad.slice(0, 3).map((row) => `${row.label}: ${row.status} after ${row.attempts}.`);
}
