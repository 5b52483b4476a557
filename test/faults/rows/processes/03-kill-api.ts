import type { LedgerProcess } from '../../../support/servers/processes.js';
import { isBeginning, isEnding, nameCommit } from '../../core/connections/commit-name.js';
import { CommitCutter } from '../../core/connections/commit-cutter.js';
import type { FaultContext } from '../../core/fault-context.js';
import { isAlive } from '../../core/connections/faulty-server.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { kills: 200, slots: 2, clients: 8, withRuns: true },
  short: { kills: 2, slots: 1, clients: 4, withRuns: false },
};
/** A killed run is in flight until its lease expires: its deadline and the grace. */
const RUN_TIMEOUT_MS = 1_000;
const ANSWER_LIMIT_MS = 90_000;
const SETTLE_LIMIT_MS = 60_000;
/** The most commits of an API before the one that kills it. The number varies each time. */
const MOST_COMMITS = 5;

interface Kills {
  /** Commits that the server did and nobody was told of. */
  committed: number;
  readonly pids: number[];
  left: number;
}

/**
 * The proxy in front of Postgres kills the API when the server's answer to a COMMIT arrives: the work is
 * durable, but neither the API nor its client knows it.
 */
export const killApiRow: FaultRow = {
  number: 3,
  fault: 'kill -9 of the API between commit and answer, 200 times, client repeats with its key',
  mustHold: 'exactly one execution a key',
  async run(context, size) {
    const { kills: wanted, slots, clients, withRuns } = SIZES[size];
    const kills: Kills = { committed: 0, pids: [], left: wanted };
    const setUp = await context.startApi();
    await context.putPrompt(setUp.url);
    await setUp.kill();
    await context.startWorker();
    await Promise.all(
      Array.from({ length: slots }, async (_, slot) => {
        const url = await keepKilling(context, kills);
        await Promise.all(
          Array.from({ length: clients }, (__, lane) =>
            repeatUntilKilled(context, url, kills, `${slot}-${lane}`, withRuns),
          ),
        );
      }),
    );
    const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);
    const verdict = await context.check();
    return {
      landed: [
        {
          what: 'APIs gone by SIGKILL',
          count: kills.pids.filter((pid) => !isAlive(pid)).length,
          atLeast: wanted,
        },
        { what: 'commits done that nobody was told of', count: kills.committed, atLeast: wanted },
        { what: 'tries without an answer', count: context.history.unanswered(), atLeast: 1 },
      ],
      measured: {
        keys: context.history.requests.length,
        executions: verdict.executions,
        'answers that were replays': context.history.tries().filter(({ isReplayed }) => isReplayed).length,
        'settled after, ms': settledMs ?? 'over 60,000',
      },
      broken: [...verdict.broken, ...context.history.complainOfUnanswered()],
    };
  },
};

/** Runs an API that dies of one of its next commits and comes back at the same address, until there were enough kills. */
async function keepKilling(context: FaultContext, kills: Kills): Promise<string> {
  const proxy = await context.postgres.branch();
  const port = String(await context.freePort());
  const settings = { ...context.settings(), PORT: port, DATABASE_URL: context.database.urlThrough(proxy) };
  let api: LedgerProcess | null = null;
  let commits = 0;
  const decide = (statements: readonly string[]) => {
    const name = nameCommit(statements);
    if (api === null || kills.left <= 0 || !(isBeginning(name) || isEnding(name))) return 'pass';
    commits -= 1;
    return commits === 0 ? 'lose-answer' : 'pass';
  };
  const start = async () => {
    api = await context.startApi(settings);
    commits = 1 + Math.floor(Math.random() * MOST_COMMITS);
  };
  const onCut = ({ isCommitted }: { isCommitted: boolean }) => {
    if (api === null) return;
    process.kill(api.pid, 'SIGKILL');
    kills.pids.push(api.pid);
    kills.left -= 1;
    if (isCommitted) kills.committed += 1;
    const { exit } = api;
    api = null;
    // A failed start leaves the clients without an answer, which fails the row.
    void exit.then(start).catch(() => undefined);
  };
  proxy.tap((connection) => new CommitCutter(connection, decide, onCut));
  await start();
  return `http://127.0.0.1:${port}`;
}

async function repeatUntilKilled(
  context: FaultContext,
  url: string,
  kills: Kills,
  name: string,
  withRuns: boolean,
): Promise<void> {
  const client = context.client(url);
  for (let index = 0; kills.left > 0; index += 1) {
    const label = `${name}-${index}`;
    const isRun = withRuns && index % 8 === 7;
    const more = isRun ? { timeout_ms: RUN_TIMEOUT_MS } : {};
    const route = isRun ? 'run' : 'submit';
    await client.request({ label, key: `key-${label}`, route, more }).sendUntilAnswered(ANSWER_LIMIT_MS);
  }
}
