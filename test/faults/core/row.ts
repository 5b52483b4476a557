import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultContext } from './fault-context.js';

/** `full` is what docs/reliability.md publishes; `short` runs with `npm test` and takes seconds. */
export type Size = 'full' | 'short';

/** Proof that the fault really happened. A run without the fault would prove nothing. */
export interface Evidence {
  /** For example "workers gone by SIGKILL". */
  readonly what: string;
  readonly count: number;
  readonly atLeast: number;
}

export interface RowResult {
  readonly landed: readonly Evidence[];
  /** The measurements, by their names in the table. Times carry their unit in the name. */
  readonly measured: Readonly<Record<string, number | string>>;
  /** The broken promises, one sentence each. It should be empty. */
  readonly broken: readonly string[];
  /** Further notes for the reader of the table. */
  readonly notes?: readonly string[];
}

/** One line of the table in docs/reliability.md. */
export interface FaultRow {
  readonly number: number;
  readonly fault: string;
  readonly mustHold: string;
  /** Causes the fault on its own ledger and checks what became of the work. */
  run(context: FaultContext, size: Size): Promise<RowResult>;
}

/** A row in the published results. */
export interface RowReport extends RowResult {
  readonly number: number;
  readonly fault: string;
  readonly mustHold: string;
  readonly size: Size;
  readonly holds: boolean;
  readonly startedAt: string;
  readonly tookS: number;
}

export interface RowOptions {
  readonly size: Size;
  readonly limitMs: number;
  open(): Promise<FaultContext>;
}

/** Time for the row to say what it waited for. */
const LATE_MS = 5_000;

/** Runs the row and judges it. Never rejects: a row that breaks off counts as failed, and the next rows still run. */
export async function reportRow(row: FaultRow, options: RowOptions): Promise<RowReport> {
  const startedAt = new Date();
  const { size } = options;
  const result = await runOn(row, options);
  const missed = result.landed.filter(({ count, atLeast }) => count < atLeast);
  const broken = [
    ...result.broken,
    ...missed.map(({ what, count, atLeast }) => `The fault did not land: ${count} of ${atLeast} ${what}.`),
  ];
  return {
    number: row.number,
    fault: row.fault,
    mustHold: row.mustHold,
    size,
    holds: broken.length === 0,
    startedAt: startedAt.toISOString(),
    tookS: Math.round((Date.now() - startedAt.getTime()) / 100) / 10,
    ...result,
    broken,
  };
}

async function runOn(row: FaultRow, { size, limitMs, open }: RowOptions): Promise<RowResult> {
  let context: FaultContext | undefined;
  const timer = new AbortController();
  try {
    context = await open();
    const running = row.run(context, size);
    const isOver = await Promise.race([
      running.then(() => true),
      context.crashed,
      sleep(limitMs, false, { signal: timer.signal }),
    ]);
    // Whatever the row waits for then fails, and says what it was.
    if (!isOver) context.endWaiting();
    const late = sleep(LATE_MS, null, { signal: timer.signal });
    const result = await Promise.race([running, context.crashed, late]);
    if (result === null) throw new Error(`it was not over within ${limitMs / 1000} s`);
    if (result.landed.length === 0) throw new Error('it names no evidence that its fault landed');
    return result;
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      landed: [],
      measured: {},
      broken: [`The row broke off: ${reason}`],
      notes: context?.describe() ?? [],
    };
  } finally {
    timer.abort();
    await context?.close();
  }
}
