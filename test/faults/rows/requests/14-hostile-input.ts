import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerProcess } from '../../../support/servers/processes.js';
import { ADMIN_KEY, type FaultContext } from '../../core/fault-context.js';
import type { FaultRow } from '../../core/row.js';
import {
  EXPLODING_TEMPLATES,
  HOSTILE_REQUESTS,
  renderings,
  type HostileRequest,
} from './hostile-requests.js';

const SIZES = { full: { times: 20, rounds: 20 }, short: { times: 1, rounds: 1 } };
const NEIGHBOURS = 63;
/** Slow enough that all concurrent requests meet in the journal. */
const TRIP_MS = 50;
/** Two lanes share the requests, and on a busy machine they arrive at different moments. */
const LEAST_TOGETHER = 16;
const MOST_ANSWER_MS = 100;
const MOST_BLOCKED_MS = 50;
const SETTLE_LIMIT_MS = 60_000;
const WATCH_LOOP = path.join(__dirname, '../../preloads/watch-loop.cjs');

interface Answer {
  readonly request: HostileRequest;
  readonly status: number;
  readonly tookMs: number;
}

export const hostileInputRow: FaultRow = {
  number: 14,
  fault:
    'JSON 100,000 deep, 10 MB, `__proto__`, duplicate keys; NUL and lone surrogates among 63 good neighbours; templates that explode; 150 KB of `{{`',
  mustHold: '4xx within 100 ms, neighbours unharmed, prototype unharmed, event loop never blocked over 50 ms',
  async run(context, size) {
    const { times, rounds } = SIZES[size];
    const folder = await mkdtemp(path.join(tmpdir(), 'ledger-faults-loop-'));
    const loopFile = path.join(folder, 'blocked-ms');
    const watch = { NODE_OPTIONS: `--require=${WATCH_LOOP}`, FAULTS_LOOP_FILE: loopFile };
    const api = await context.startApi(
      context.settings('Postgres', { ...watch, WORKER: 'on', CONCURRENCY: '64' }),
    );
    await context.putPrompt(api.url);
    for (const [name, source] of Object.entries(EXPLODING_TEMPLATES)) {
      await context.admin(api.url).put(`/v1/prompts/${name}`, { template_source: source, set_active: true });
    }
    const hostile = [...HOSTILE_REQUESTS, ...renderings()];
    // Code has to be compiled when a process runs it for the first time.
    for (const request of hostile) await send(api.url, request);
    process.kill(api.pid, 'SIGUSR2');
    await context.until(() => readLoop(loopFile).resets === 1, 'the watch on the event loop');

    const answers: Answer[] = [];
    let blocking = 'a good one';
    for (let time = 0; time < times; time += 1) {
      for (const request of hostile) {
        const { mostMs } = readLoop(loopFile);
        answers.push(await send(api.url, request));
        if (readLoop(loopFile).mostMs > mostMs) blocking = request.name;
      }
    }
    const alone = readLoop(loopFile).mostMs;
    const neighbours = await amongNeighbours(context, api, hostile, rounds);
    await sleep(20);
    const blockedMs = Math.round(readLoop(loopFile).mostMs);
    if (blockedMs > Math.round(alone)) blocking = 'many at once';
    const slowest = answers.reduce((one, other) => (one.tookMs > other.tookMs ? one : other));
    const pollution = await probePrototype(context, api.url);
    await context.untilSettled(SETTLE_LIMIT_MS);
    // Only here, because delayed bytes would otherwise be overtaken.
    await context.postgres.proxy.pass();
    const verdict = await context.check();
    await rm(folder, { recursive: true, force: true });
    const slow = answers.filter(({ tookMs }) => tookMs > MOST_ANSWER_MS);
    return {
      landed: [
        {
          what: 'hostile requests',
          count: answers.length + neighbours.hostile,
          atLeast: times * hostile.length,
        },
        {
          what: 'neighbours in one commit, while they came',
          count: neighbours.together,
          atLeast: LEAST_TOGETHER,
        },
      ],
      measured: {
        'slowest 4xx, ms': Math.round(slowest.tookMs),
        'which was': slowest.request.name,
        'event loop blocked at most, ms': blockedMs,
        'which was by': blocking,
        'by one of them alone at most, ms': Math.round(alone),
        'good neighbours': verdict.executions,
      },
      broken: [
        ...verdict.broken,
        ...answers
          .filter(isWrong)
          .map(({ request, status }) => `${request.name} was answered with ${status}.`),
        ...neighbours.broken,
        ...pollution,
        // The short run shares its machine with other tests, so it measures times without judging them.
        ...(size === 'full' && slow.length > 0
          ? [
              `${slow.length} answers took over ${MOST_ANSWER_MS} ms, such as that to ${slow[0]?.request.name ?? ''}.`,
            ]
          : []),
        ...(size === 'full' && blockedMs > MOST_BLOCKED_MS
          ? [`The event loop was blocked for ${blockedMs} ms.`]
          : []),
      ],
    };
  },
};

function isWrong({ request, status }: Answer): boolean {
  return !request.statuses.includes(status);
}

async function send(url: string, request: HostileRequest): Promise<Answer> {
  const { method, path: route, body } = request;
  const bytes = Buffer.from(body, 'utf8');
  const headers = { 'content-type': 'application/json', 'x-api-key': ADMIN_KEY };
  const startedAtMs = performance.now();
  const response = await fetch(`${url}${route}`, { method, headers, body: bytes });
  await response.arrayBuffer();
  return { request, status: response.status, tookMs: performance.now() - startedAtMs };
}

/** Reads the file of the preload, which may be empty between two writes. */
function readLoop(file: string): { readonly resets: number; readonly mostMs: number } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { resets: number; mostMs: number };
  } catch {
    return { resets: 0, mostMs: Number.NaN };
  }
}

/** Sends the hostile requests at the same moment as the good ones, some of which go before them and some after. */
async function amongNeighbours(
  context: FaultContext,
  api: LedgerProcess,
  hostile: readonly HostileRequest[],
  rounds: number,
): Promise<{ readonly hostile: number; readonly together: number; readonly broken: string[] }> {
  const client = context.client(api.url);
  const bad = hostile.filter(({ name }) => /NUL|surrogate|explodes|proto|twice/.test(name));
  const broken: string[] = [];
  context.postgres.proxy.delay(TRIP_MS);
  for (let round = 0; round < rounds; round += 1) {
    const good = (index: number) => client.request({ label: `${round}-${index}` }).send();
    const half = Array.from({ length: NEIGHBOURS >> 1 }, (_, index) => good(index));
    const attacks = bad.map((request) => send(api.url, request));
    const rest = Array.from({ length: NEIGHBOURS - half.length }, (_, index) => good(half.length + index));
    const told = await Promise.all([...half, ...rest]);
    broken.push(
      ...told.filter(({ status }) => status !== 202).map(({ body }) => `A neighbour was told ${body}.`),
      ...(await Promise.all(attacks))
        .filter(isWrong)
        .map(({ request, status }) => `Among neighbours, ${request.name} was answered with ${status}.`),
    );
  }
  // A row shows only the last transaction that wrote it. The watch on moves shows the one that inserted it.
  const [row] = await context.database.query<{ together: number }>(
    `SELECT max(count)::int AS together FROM
       (SELECT count(*) FROM watched_moves WHERE from_status IS NULL AND attempt IS NULL GROUP BY xmin::text) AS commits`,
  );
  return { hostile: rounds * bad.length, together: row?.together ?? 0, broken };
}

async function probePrototype(context: FaultContext, url: string): Promise<string[]> {
  const admin = context.admin(url);
  await admin.put('/v1/prompts/probe', { template_source: '{{ polluted }}', set_active: true });
  const { status, body } = await admin.post('/v1/prompts/probe:render', { variables: {} });
  return status === 422 ? [] : [`A prototype was changed: ${JSON.stringify(body)}.`];
}
