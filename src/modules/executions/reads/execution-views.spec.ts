import type { AttemptRecord, ExecutionRecord } from './execution-reads.repository.js';
import { executionDetail } from './execution-views.js';

const AT = (ms: number) => new Date(Date.UTC(2026, 0, 31, 12) + ms);

/** Returns a row with these columns and null for all others. */
function nullElsewhere(columns: Readonly<Record<string, unknown>>): object {
  return new Proxy(columns, { get: (known, name: string) => known[name] ?? null });
}

function attemptEnd(
  execution: { status: string; completedAt: Date | null },
  attempt: { status: string; completedAt: Date | null },
): string | null | undefined {
  const record = nullElsewhere({ createdAt: AT(0), ...execution }) as unknown as ExecutionRecord;
  const made = nullElsewhere({ attempt: 1, startedAt: AT(0), ...attempt }) as unknown as AttemptRecord;
  return executionDetail(record, [made]).attempts[0]?.completed_at;
}

describe('the end of an attempt', () => {
  it.each([
    ['that ended the execution is that of the execution', 'succeeded', 900, 'succeeded', 903, 900],
    ['that failed for good is that of the execution', 'failed', 900, 'failed', 903, 900],
    ['before the execution’s stays', 'failed', 900, 'failed', 300, 300],
    ['whose reader left is that of the execution', 'canceled', 900, 'failed', 903, 900],
    ['that nobody knows is that of the execution', 'failed', 900, 'outcome_unknown', 901, 900],
    ['that nobody knows stays before the execution’s', 'succeeded', 900, 'outcome_unknown', 300, 300],
    ['that came too late stays', 'failed', 900, 'succeeded', 1500, 1500],
    ['that came too late from another owner stays', 'failed', 900, 'fenced', 1500, 1500],
    ['of an execution that goes on stays', 'queued', null, 'failed', 300, 300],
    ['that is being made is none', 'running', null, 'dispatched', null, null],
  ])('%s', (_what, status, end, attemptStatus, ended, shown) => {
    const at = (ms: number | null) => (ms === null ? null : AT(ms));
    const is = attemptEnd(
      { status, completedAt: at(end) },
      { status: attemptStatus, completedAt: at(ended) },
    );
    expect(is).toBe(at(shown)?.toISOString() ?? null);
  });
});
