import { readFileSync } from 'node:fs';
import type { LedgerProcess } from '../../../support/servers/processes.js';
import type { FaultContext } from '../../core/fault-context.js';
import type { FaultRow } from '../../core/row.js';
import { sendFor, type StreamResult } from './open-loop.js';
import { openProject } from '../governance/second-project.js';

/**
 * The capacity of the ledger is set here, so that this machine can produce ten times as much load beside it. In the
 * full run, 16 concurrent requests of 400 ms are 40 a second, three quarters of them for one project; 8 concurrent calls are 20 of
 * the queue. The short run shares its machine with others, so its calls are longer and its requests fewer.
 */
const SIZES = {
  full: { normalMs: 60_000, overloadMs: 300_000, callMs: 400 },
  short: { normalMs: 1_500, overloadMs: 2_000, callMs: 1_000 },
};
const AT_ONCE = 16;
const CONCURRENCY = 8;
const MAX_QUEUED = 400;
const NORMAL_SHARE = 0.5;
const TIMES = 10;
const MOST_SLOWDOWN = { accepted: 2, quiet: 1.5 };
/** On top of what the process uses for its normal work. */
const MOST_GROWTH_BYTES = 150 * 1024 ** 2;
const SAMPLE_MS = 500;
const SETTLE_LIMIT_MS = 60_000;

/** The rates of both projects per second. */
interface Rates {
  readonly runs: number;
  readonly submits: number;
  readonly quietRuns: number;
  readonly quietSubmits: number;
}

interface Phase {
  readonly greedy: { readonly runs: StreamResult; readonly submits: StreamResult };
  readonly quiet: { readonly runs: StreamResult; readonly submits: StreamResult };
  /** From submit to end, for the quiet project. */
  readonly quietDoneP99Ms: number;
  readonly mostMemoryBytes: number;
}

export const overloadRow: FaultRow = {
  number: 15,
  fault: 'ten times the load it can take, 5 minutes, one greedy and one quiet project',
  mustHold:
    'accepted ones keep p99 within twice the normal, memory bounded, the rest 429, the quiet one within 1.5 times',
  async run(context, size) {
    const { normalMs, overloadMs, callMs } = SIZES[size];
    const rates = ratesOf(callMs);
    context.provider.behave({ kind: 'answer', delayMs: callMs });
    const api = await context.startApi(
      context.settings('Postgres', {
        MAX_CONCURRENT_REQUESTS: String(AT_ONCE),
        MAX_QUEUED: String(MAX_QUEUED),
      }),
    );
    await context.startWorker(context.settings('Postgres', { CONCURRENCY: String(CONCURRENCY) }));
    const keys = {
      greedy: await openProject(context, api.url, 'greedy'),
      quiet: await openProject(context, api.url, 'quiet'),
    };
    await play(context, api, keys, rates, { forMs: normalMs / 3, share: NORMAL_SHARE });
    const normal = await play(context, api, keys, rates, { forMs: normalMs, share: NORMAL_SHARE });
    const overload = await play(context, api, keys, rates, { forMs: overloadMs, share: TIMES });
    await context.untilSettled(SETTLE_LIMIT_MS);
    const verdict = await context.check();
    const sums = { normal: sumUp(normal), overload: sumUp(overload) };
    const offered = overload.greedy.runs.sent / (overloadMs / 1000);
    return {
      landed: [
        { what: 'requests answered with 429', count: sums.overload.refused, atLeast: 10 },
        {
          what: 'runs a second of the greedy project',
          count: Math.round(offered),
          // A generator that is starved of CPU offers less.
          atLeast: size === 'full' ? rates.runs * TIMES * 0.9 : 1,
        },
      ],
      measured: {
        executions: verdict.executions,
        ...describe('greedy run', normal.greedy.runs, overload.greedy.runs),
        ...describe('greedy submit', normal.greedy.submits, overload.greedy.submits),
        ...describe('quiet run', normal.quiet.runs, overload.quiet.runs),
        ...describe('quiet submit', normal.quiet.submits, overload.quiet.submits),
        'quiet submit to done, normal p99, ms': Math.round(normal.quietDoneP99Ms),
        'quiet submit to done, overload p99, ms': Math.round(overload.quietDoneP99Ms),
        'memory normal, MB': Math.round(normal.mostMemoryBytes / 1024 ** 2),
        'memory overload, MB': Math.round(overload.mostMemoryBytes / 1024 ** 2),
      },
      broken: [
        ...verdict.broken,
        ...complainOfOthers(normal),
        ...complainOfOthers(overload),
        // The short run shares its machine with other tests, so it judges neither times nor what follows from them.
        ...(size === 'full' ? [...complainOfQuiet(overload), ...judge(normal, overload)] : []),
      ],
    };
  },
};

/** Returns the rates: the greedy project gets the ledger's capacity, and the quiet one asks for a tenth of its share. */
function ratesOf(callMs: number): Rates {
  const [runs, submits] = [(AT_ONCE * 1000) / callMs, (CONCURRENCY * 1000) / callMs];
  return { runs: runs * 0.75, submits, quietRuns: runs / 10, quietSubmits: submits / 10 };
}

async function play(
  context: FaultContext,
  api: LedgerProcess,
  keys: { readonly greedy: string; readonly quiet: string },
  rates: Rates,
  { forMs, share }: { readonly forMs: number; readonly share: number },
): Promise<Phase> {
  const { url } = api;
  const [since] = await context.database.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  const memory = watchMemory(api.pid);
  const stream = (route: 'run' | 'submit', apiKey: string, perSecond: number) =>
    sendFor({ url, route, apiKey, perSecond }, forMs);
  const [greedyRuns, greedySubmits, quietRuns, quietSubmits] = await Promise.all([
    stream('run', keys.greedy, rates.runs * share),
    stream('submit', keys.greedy, rates.submits * share),
    stream('run', keys.quiet, rates.quietRuns),
    stream('submit', keys.quiet, rates.quietSubmits),
  ]);
  const mostMemoryBytes = memory.stop();
  await context.untilSettled(SETTLE_LIMIT_MS);
  const [done] = await context.database.query<{ p99_ms: number | null }>(
    `SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM completed_at - e.created_at) * 1000)::float8 AS p99_ms
     FROM executions_all e JOIN projects USING (project_id)
     WHERE name = 'quiet' AND execution_mode = 'async' AND e.created_at >= $1`,
    [since?.at],
  );
  return {
    greedy: { runs: greedyRuns, submits: greedySubmits },
    quiet: { runs: quietRuns, submits: quietSubmits },
    quietDoneP99Ms: done?.p99_ms ?? Number.NaN,
    mostMemoryBytes,
  };
}

function watchMemory(pid: number): { stop(): number } {
  let mostBytes = 0;
  const look = () => {
    const kB = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    mostBytes = Math.max(mostBytes, Number(kB) * 1024);
  };
  look();
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return mostBytes;
    },
  };
}

function streamsOf({ greedy, quiet }: Phase): StreamResult[] {
  return [greedy.runs, greedy.submits, quiet.runs, quiet.submits];
}

function sumUp(phase: Phase): { readonly refused: number } {
  return { refused: streamsOf(phase).reduce((sum, { refused }) => sum + refused, 0) };
}

function describe(
  name: string,
  normal: StreamResult,
  overload: StreamResult,
): Record<string, number | string> {
  const ms = (value: number | null) => (value === null ? 'none' : Math.round(value));
  return {
    [`${name} normal p99, ms`]: ms(normal.p99Ms),
    [`${name} overload p99, ms`]: ms(overload.p99Ms),
    [`${name} overload accepted`]: `${overload.accepted} of ${overload.sent}`,
  };
}

/** Complains of anything but proper refusals: another answer, or a broken connection. */
function complainOfOthers(phase: Phase): string[] {
  return streamsOf(phase)
    .filter(({ others }) => Object.keys(others).length > 0)
    .map(({ others }) => `Answers other than accepted and 429: ${JSON.stringify(others)}.`);
}

function complainOfQuiet({ quiet }: Phase): string[] {
  const refused = quiet.runs.refused + quiet.submits.refused;
  return refused === 0 ? [] : [`${refused} requests of the quiet project were refused.`];
}

function judge(normal: Phase, overload: Phase): string[] {
  const slower = (name: string, before: number | null, after: number | null, most: number) =>
    before !== null && after !== null && after <= before * most
      ? []
      : [`p99 of ${name} went from ${String(before)} to ${String(after)} ms, over ${most} times.`];
  const grownBytes = overload.mostMemoryBytes - normal.mostMemoryBytes;
  const { accepted, quiet } = MOST_SLOWDOWN;
  return [
    ...slower('greedy runs', normal.greedy.runs.p99Ms, overload.greedy.runs.p99Ms, accepted),
    ...slower('greedy submits', normal.greedy.submits.p99Ms, overload.greedy.submits.p99Ms, accepted),
    ...slower('quiet runs', normal.quiet.runs.p99Ms, overload.quiet.runs.p99Ms, quiet),
    ...slower('quiet submits', normal.quiet.submits.p99Ms, overload.quiet.submits.p99Ms, quiet),
    ...slower('quiet submits until done', normal.quietDoneP99Ms, overload.quietDoneP99Ms, quiet),
    ...(grownBytes > MOST_GROWTH_BYTES ? [`Memory grew by ${Math.round(grownBytes / 1024 ** 2)} MB.`] : []),
  ];
}
