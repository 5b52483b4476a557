import { inParallel } from '../../core/ledger-client.js';
import { withRedis } from '../../core/lab.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { executions: 2_000, flushes: 10 },
  short: { executions: 80, flushes: 2 },
};
const CALL_MS = 50;
const SUBMITTERS = 16;
const SETTLE_LIMIT_MS = 60_000;

export const flushRedisRow: FaultRow = {
  number: 4,
  fault: 'FLUSHALL 10 times in mid-run',
  mustHold: '0 lost, backlog done in 60 s',
  async run(context, size) {
    const { executions, flushes } = SIZES[size];
    // Slow enough for a backlog, whose hints then wait in Redis.
    const settings = context.settings('Redis', { CONCURRENCY: '2' });
    context.provider.behave({ kind: 'answer', delayMs: CALL_MS });
    const api = await context.startApi(settings);
    await context.putPrompt(api.url);
    await Promise.all([context.startWorker(settings), context.startWorker(settings)]);
    const client = context.client(api.url);
    let submitted = 0;
    let removed = 0;
    let landed = 0;
    const flushing = withRedis(context.redis.directUrl, async (redis) => {
      for (let flush = 0; flush < flushes; flush += 1) {
        await context.until(() => submitted >= (executions * (flush + 0.5)) / flushes, 'submits');
        const before = Number(await redis.sendCommand(['DBSIZE']));
        await redis.sendCommand(['FLUSHALL']);
        removed += before;
        if (before > 0) landed += 1;
      }
    });
    const submitting = inParallel(executions, SUBMITTERS, async (index) => {
      await client.submit({ label: String(index) });
      submitted += 1;
    });
    await Promise.all([flushing, submitting]);
    // Clears the backlog of the slow workers with as much capacity as an operator would add.
    await context.startWorker(context.settings('Redis', { CONCURRENCY: '32' }));
    const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);
    const verdict = await context.check();
    return {
      landed: [{ what: 'FLUSHALLs that removed keys of the queue', count: landed, atLeast: flushes }],
      measured: {
        executions: verdict.executions,
        'keys removed from Redis': removed,
        'backlog done after, ms': settledMs ?? 'over 60,000',
      },
      broken: [
        ...verdict.broken,
        ...(verdict.succeeded === executions ? [] : [`${verdict.succeeded} of ${executions} succeeded.`]),
        ...(settledMs === null ? ['The backlog was not done in 60 s.'] : []),
      ],
    };
  },
};
