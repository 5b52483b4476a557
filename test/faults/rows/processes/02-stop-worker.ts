import { readFileSync } from 'node:fs';
import type { ServiceProcess } from '../../../support/servers/processes.js';
import type { FaultContext } from '../../core/fault-context.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = { full: { rounds: 5 }, short: { rounds: 1 } };
const WORKERS = 4;
const SLOTS = 2;
/** Long enough for all slots to be taken before the first call ends. */
const HELD_CALL_MS = 3_000;
const SETTLE_LIMIT_MS = 60_000;
const LATE_LIMIT_MS = 20_000;

interface LateRow {
  readonly execution_id: string;
  readonly response_text: string | null;
  /** The attempt that succeeded. */
  readonly winner: number | null;
  /** Late answers that are stored for the wrong attempt. */
  readonly mistaken: number;
}

/**
 * Each round: four workers hold a call in every slot, and a fifth one is stopped. Then the four are stopped, and the fifth
 * continues and inherits all their work. When it is done, the four continue with answers that are no longer wanted.
 */
export const stopWorkerRow: FaultRow = {
  number: 2,
  fault: 'SIGSTOP of a worker beyond its lease, then SIGCONT, 20 times',
  mustHold: '0 late results accepted, shown as `fenced`',
  async run(context, size) {
    const { rounds } = SIZES[size];
    // The answer names its attempt, so that an output shows whose it is.
    context.provider.behave(({ attemptId }) => {
      const delayMs = attemptId?.endsWith('-1') === true ? HELD_CALL_MS : 20;
      return { kind: 'answer', delayMs, text: attemptId ?? '' };
    });
    const api = await context.startApi();
    await context.putPrompt(api.url);
    const start = (slots: number) =>
      context.startWorker(context.settings('Postgres', { CONCURRENCY: String(slots) }));
    const [heir, ...workers] = await Promise.all([
      start(WORKERS * SLOTS),
      ...Array.from({ length: WORKERS }, () => start(SLOTS)),
    ]);
    let stopped = 0;
    for (let round = 0; round < rounds; round += 1)
      stopped += await stopAll(context, api.url, heir, workers, round);
    const verdict = await context.check();
    const late = await findLateResults(context);
    const fenced = verdict.attemptsByStatus['fenced'] ?? 0;
    return {
      landed: [
        { what: 'workers stopped until others had their work', count: stopped, atLeast: rounds * WORKERS },
        { what: 'late results shown as fenced', count: fenced, atLeast: rounds * WORKERS },
      ],
      measured: { executions: verdict.executions, 'late results accepted': late.length },
      broken: [...verdict.broken, ...late.map((id) => `${id} shows the answer of a call that had lost it.`)],
    };
  },
};

/** @returns how many workers were seen stopped while their executions passed to the heir. */
async function stopAll(
  context: FaultContext,
  url: string,
  heir: ServiceProcess,
  workers: readonly ServiceProcess[],
  round: number,
): Promise<number> {
  const { provider } = context;
  process.kill(heir.pid, 'SIGSTOP');
  const before = provider.calls.length;
  const client = context.client(url);
  for (let index = 0; index < WORKERS * SLOTS; index += 1) {
    await client.submit({ label: `${round}-${index}`, more: { timeout_ms: 10_000 } });
  }
  await context.until(() => provider.calls.length === before + WORKERS * SLOTS, 'every slot to hold a call');
  for (const { pid } of workers) process.kill(pid, 'SIGSTOP');
  process.kill(heir.pid, 'SIGCONT');
  await context.untilSettled(SETTLE_LIMIT_MS);
  const stopped = workers.filter(({ pid }) => isStopped(pid)).length;
  for (const { pid } of workers) process.kill(pid, 'SIGCONT');
  await untilFenced(context, (round + 1) * WORKERS * SLOTS);
  return stopped;
}

/** Waits a moment for late results. There may be fewer than all, when a call ended before its worker was stopped. */
async function untilFenced(context: FaultContext, count: number): Promise<void> {
  const deadline = performance.now() + LATE_LIMIT_MS;
  await context.until(async () => {
    const rows = await context.database.query(`SELECT FROM execution_attempts_all WHERE status = 'fenced'`);
    return rows.length >= count || performance.now() > deadline;
  }, 'late results');
}

/** @returns executions that do not show the answer of their one successful attempt, or keep a late one as another's. */
async function findLateResults(context: FaultContext): Promise<string[]> {
  const rows = await context.database.query<LateRow>(
    `SELECT e.execution_id, o.response_text,
       (SELECT a.attempt FROM execution_attempts_all a WHERE a.execution_id = e.execution_id AND a.status = 'succeeded') AS winner,
       (SELECT count(*)::int FROM execution_outputs l JOIN execution_attempts_all a USING (project_id, execution_id, attempt)
        WHERE l.execution_id = e.execution_id AND l.late
          AND (a.status <> 'fenced' OR l.response_text <> l.execution_id || '-' || l.attempt)) AS mistaken
     FROM executions_all e LEFT JOIN execution_outputs o
       ON o.project_id = e.project_id AND o.execution_id = e.execution_id AND o.attempt = e.attempts_made AND NOT o.late`,
  );
  return rows
    .filter(({ execution_id: id, winner, response_text: text, mistaken }) => {
      const isShown = winner === null ? text === null : text === `${id}-${winner}`;
      return !isShown || mistaken > 0;
    })
    .map(({ execution_id: id }) => id);
}

function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.charAt(stat.lastIndexOf(')') + 2) === 'T';
}
