import { killWorkers } from '../../core/kill-workers.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { executions: 10_000, kills: 50, callMs: 50 },
  short: { executions: 40, kills: 1, callMs: 500 },
};

export const killWorkerNoRetryRow: FaultRow = {
  number: 9,
  fault: 'row 1 with `on_unknown: fail`',
  mustHold: 'at most one call an execution',
  async run(context, size) {
    const { executions, kills, callMs } = SIZES[size];
    const result = await killWorkers(context, {
      bell: 'Postgres',
      executions,
      kills,
      callMs,
      more: { on_unknown: 'fail' },
    });
    const verdict = await context.check();
    const unknown = verdict.attemptsByStatus['outcome_unknown'] ?? 0;
    return {
      landed: [
        { what: 'workers gone by SIGKILL', count: result.gone, atLeast: kills },
        { what: 'calls cut off by it', count: unknown, atLeast: 1 },
      ],
      measured: {
        executions: verdict.executions,
        succeeded: verdict.succeeded,
        'failed as outcome_unknown': verdict.failed,
        calls: verdict.calls,
      },
      broken: [
        ...verdict.broken,
        ...(verdict.repeatedCalls === 0
          ? []
          : [`${verdict.repeatedCalls} executions were called more than once.`]),
        ...(verdict.failed === unknown
          ? []
          : [`${verdict.failed} failed, though ${unknown} calls were cut off.`]),
        ...(result.settledMs === null ? ['Not all was done within 60 s.'] : []),
      ],
    };
  },
};
