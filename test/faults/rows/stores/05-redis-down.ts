import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultContext } from '../../core/fault-context.js';
import { isAlive } from '../../core/connections/faulty-server.js';
import { percentile } from '../../core/checks/history.js';
import { withRedis } from '../../core/lab.js';
import type { Evidence, FaultRow } from '../../core/row.js';

const SIZES = {
  full: { deadMs: 40_000, silentMs: 20_000, fullMs: 10_000, waitMs: 20 },
  short: { deadMs: 1_000, silentMs: 1_000, fullMs: 500, waitMs: 50 },
};
const SUBMITTERS = 2;
const MOST_P99_MS = 500;
const SETTLE_LIMIT_MS = 60_000;

export const redisDownRow: FaultRow = {
  number: 5,
  fault: 'Redis down for 60 s (killed, then silent); Redis full',
  mustHold: 'all submits accepted, p99 under 500 ms; all done after',
  async run(context, size) {
    const { deadMs, silentMs, fullMs, waitMs } = SIZES[size];
    const settings = context.settings('Redis');
    const api = await context.startApi(settings);
    await context.putPrompt(api.url);
    await context.startWorker(settings);
    const load = submitSteadily(context, api.url, waitMs);

    const killed = context.redis.pid;
    await context.redis.kill();
    await sleep(deadMs);
    const wasDown = !isAlive(killed);
    await context.redis.restart();
    context.redis.proxy.blackhole();
    const held = context.redis.proxy.open;
    await sleep(silentMs);
    const wasSilent = held + context.redis.proxy.open;
    await context.redis.proxy.pass();
    const refused = await whileFull(context, () => sleep(fullMs));

    const refusals = await load.stop();
    const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);
    const verdict = await context.check();
    const p99Ms = Math.round(
      percentile(
        context.history.tries().map(({ tookMs }) => tookMs),
        0.99,
      ) ?? 0,
    );
    return {
      landed: evidenceOf(wasDown, wasSilent, refused),
      measured: {
        submits: context.history.requests.length,
        'p99 of a submit, ms': p99Ms,
        'all done after, ms': settledMs ?? 'over 60,000',
      },
      broken: [
        ...verdict.broken,
        ...(refusals.length === 0
          ? []
          : [`${refusals.length} submits were not accepted: ${refusals[0] ?? ''}.`]),
        ...(verdict.succeeded === verdict.executions
          ? []
          : [`${verdict.executions - verdict.succeeded} did not succeed.`]),
        ...(settledMs === null ? ['Not all was done within 60 s.'] : []),
        // The short run shares its machine with other tests, so it measures the time without judging it.
        ...(size === 'full' && p99Ms > MOST_P99_MS ? [`p99 of a submit was ${p99Ms} ms.`] : []),
      ],
    };
  },
};

function evidenceOf(wasDown: boolean, silent: number, refused: number): Evidence[] {
  return [
    { what: 'Redis gone by SIGKILL', count: wasDown ? 1 : 0, atLeast: 1 },
    { what: 'connections that a silent Redis held', count: silent, atLeast: 1 },
    { what: 'writes that a full Redis refused', count: refused, atLeast: 1 },
  ];
}

/** @returns how many of the harness's own writes were refused meanwhile. */
async function whileFull(context: FaultContext, work: () => Promise<unknown>): Promise<number> {
  return withRedis(context.redis.directUrl, async (redis) => {
    const write = () =>
      redis.sendCommand(['SET', 'filler', 'x'.repeat(1_000)]).then(
        () => 0,
        () => 1,
      );
    await redis.sendCommand(['CONFIG', 'SET', 'maxmemory-policy', 'noeviction']);
    // Less than Redis needs for itself, so that it refuses every write.
    await redis.sendCommand(['CONFIG', 'SET', 'maxmemory', '1']);
    const before = await write();
    await work();
    const after = await write();
    await redis.sendCommand(['CONFIG', 'SET', 'maxmemory', '0']);
    return before + after;
  });
}

/** @returns a way to stop, which returns the answers other than 202. */
function submitSteadily(context: FaultContext, url: string, waitMs: number): { stop(): Promise<string[]> } {
  const client = context.client(url);
  const refusals: string[] = [];
  let isOver = false;
  const submitter = async (_: unknown, lane: number) => {
    for (let index = 0; !isOver; index += 1) {
      const told = await client.request({ label: `${lane}-${index}` }).send();
      if (told.status !== 202) refusals.push(`${String(told.status)} ${told.body}`);
      await sleep(waitMs);
    }
  };
  const running = Promise.all(Array.from({ length: SUBMITTERS }, submitter));
  return {
    stop: async () => {
      isOver = true;
      await running;
      return refusals;
    },
  };
}
