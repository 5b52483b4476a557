import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultContext } from '../../core/fault-context.js';
import { isAlive } from '../../core/connections/faulty-server.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { stops: 10, clients: 8, betweenMs: 2_000 },
  short: { stops: 1, clients: 4, betweenMs: 500 },
};
const CALL_MS = 50;
const MOST_RECOVERY_MS = 10_000;
const SETTLE_LIMIT_MS = 60_000;

export const stopPostgresRow: FaultRow = {
  number: 6,
  fault: 'Postgres `stop -m immediate` and start, 10 times',
  mustHold: 'every acknowledged id is there; the service recovers by itself within 10 s',
  async run(context, size) {
    const { stops, clients, betweenMs } = SIZES[size];
    context.provider.behave({ kind: 'answer', delayMs: CALL_MS });
    const api = await context.startApi();
    await context.putPrompt(api.url);
    const worker = await context.startWorker();
    const load = submitWithKeys(context, api.url, clients);
    const gone: number[] = [];
    const recoveries: number[] = [];
    let told = 0;
    for (let stop = 0; stop < stops; stop += 1) {
      await sleep(betweenMs);
      gone.push(context.postgres.pid);
      await context.postgres.stopImmediately();
      // The journals bridge writes during a short outage, but a health check must report it.
      if ((await context.admin(api.url).get('/health')).status === 503) told += 1;
      await sleep(betweenMs / 4);
      await context.postgres.restart();
      recoveries.push(await recoveryMs(context, api.url, stop));
    }
    await load.stop();
    const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);
    const verdict = await context.check();
    const slowestMs = Math.round(Math.max(...recoveries));
    const survived = [api, worker].filter(({ pid }) => isAlive(pid)).length;
    return {
      landed: [
        { what: 'Postgres servers gone', count: gone.filter((pid) => !isAlive(pid)).length, atLeast: stops },
        { what: 'looks at /health that were told 503', count: told, atLeast: stops },
      ],
      measured: {
        'tries that met the outage': countFailures(context),
        acknowledged: verdict.acknowledged,
        executions: verdict.executions,
        'slowest recovery, ms': slowestMs,
        'settled after, ms': settledMs ?? 'over 60,000',
      },
      broken: [
        ...verdict.broken,
        ...context.history.complainOfUnanswered(),
        ...(survived === 2 ? [] : ['A process of the service ended.']),
        ...(slowestMs <= MOST_RECOVERY_MS ? [] : [`A recovery took ${slowestMs} ms.`]),
        ...(settledMs === null ? ['Not all was done within 60 s.'] : []),
      ],
    };
  },
};

/** Returns the time from when Postgres accepts connections again to the first accepted submit. */
async function recoveryMs(context: FaultContext, url: string, stop: number): Promise<number> {
  const beganAtMs = performance.now();
  await context
    .client(url)
    .request({ label: `probe-${stop}`, key: `probe-${stop}` })
    .sendUntilAnswered();
  return performance.now() - beganAtMs;
}

function countFailures(context: FaultContext): number {
  return context.history.tries().filter(({ status }) => status === null || status >= 500).length;
}

function submitWithKeys(context: FaultContext, url: string, clients: number): { stop(): Promise<void> } {
  const client = context.client(url);
  let isOver = false;
  const lane = async (_: unknown, number: number) => {
    for (let index = 0; !isOver; index += 1) {
      const label = `${number}-${index}`;
      await client.request({ label, key: label }).sendUntilAnswered();
    }
  };
  const running = Promise.all(Array.from({ length: clients }, lane));
  return {
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}
