import type { Bell } from '../../core/fault-context.js';
import { killWorkers, type KillResult } from '../../core/kill-workers.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { executions: 10_000, kills: 50, callMs: 50 },
  short: { executions: 40, kills: 1, callMs: 500 },
};
const BELLS: readonly Bell[] = ['Postgres', 'Redis'];
const STUCK_MS = 60_000;

export const killWorkerRow: FaultRow = {
  number: 1,
  fault: 'kill -9 of a worker 50 times during 10,000 executions, both bells',
  mustHold: '0 lost, 0 stuck over 60 s, every call the provider saw has an attempt row',
  async run(context, size) {
    const results: KillResult[] = [];
    for (const bell of BELLS) {
      results.push(await killWorkers(context, { bell, ...SIZES[size] }));
    }
    const verdict = await context.check();
    const { kills, executions } = SIZES[size];
    const isStuck =
      results.some(({ settledMs }) => settledMs === null) || (verdict.longestMs ?? Infinity) > STUCK_MS;
    return {
      landed: [
        {
          what: 'workers gone by SIGKILL',
          count: results.reduce((sum, { gone }) => sum + gone, 0),
          atLeast: kills * 2,
        },
        { what: 'calls cut off by it', count: verdict.attemptsByStatus['outcome_unknown'] ?? 0, atLeast: 1 },
      ],
      measured: {
        executions: verdict.executions,
        succeeded: verdict.succeeded,
        calls: verdict.calls,
        'calls made again': verdict.repeatedCalls,
        'longest execution, ms': verdict.longestMs ?? 'unknown',
      },
      broken: [
        ...verdict.broken,
        ...(verdict.succeeded === executions * 2
          ? []
          : [`${verdict.succeeded} of ${executions * 2} succeeded.`]),
        ...(isStuck ? ['An execution was stuck for over 60 s.'] : []),
      ],
    };
  },
};
