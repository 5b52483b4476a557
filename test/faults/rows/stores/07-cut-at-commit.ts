import { countBy } from '../../core/checks/checker.js';
import { nameCommit } from '../../core/connections/commit-name.js';
import { CommitCutter, type CommitFate, type CutCommit } from '../../core/connections/commit-cutter.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { cuts: 100, clients: 8 },
  short: { cuts: 4, clients: 4 },
};
/** Cuts one commit in this many, so that a retry of it succeeds. */
const ONE_IN = 8;
const CALL_MS = 20;
const SETTLE_LIMIT_MS = 60_000;

export const cutAtCommitRow: FaultRow = {
  number: 7,
  fault: 'connection to Postgres cut exactly at COMMIT, 100 times',
  mustHold: 'a retry with the key resolves to one row',
  async run(context, size) {
    const { cuts: wanted, clients } = SIZES[size];
    const cuts: CutCommit[] = [];
    let asked = 0;
    context.provider.behave({ kind: 'answer', delayMs: CALL_MS });
    const api = await context.startApi();
    await context.putPrompt(api.url);
    await context.startWorker();

    // Even a small run must hit the commits that matter most.
    const countBeginnings = (name: string) =>
      cuts.filter(({ statements }) => nameCommit(statements) === name).length;
    const isEnough = () =>
      cuts.length >= wanted && countBeginnings('begin') > 0 && countBeginnings('begin_plain') > 0;
    // Applies to every new connection of every process. Existing ones are broken once, so that all are new.
    const decide = (): CommitFate => {
      asked += 1;
      if (isEnough() || asked % ONE_IN !== 0) return 'pass';
      return cuts.length % 2 === 0 ? 'lose-answer' : 'lose-commit';
    };
    context.postgres.proxy.tap((connection) => new CommitCutter(connection, decide, (cut) => cuts.push(cut)));
    context.postgres.proxy.resetAll();
    const client = context.client(api.url);
    const lane = async (_: unknown, number: number) => {
      for (let index = 0; !isEnough(); index += 1) {
        const label = `${number}-${index}`;
        // The ledger itself has to find out what became of a request without a key.
        const key = index % 2 === 0 ? { key: label } : {};
        await client.request({ label, ...key }).sendUntilAnswered();
      }
    };
    await Promise.all(Array.from({ length: clients }, lane));
    const settledMs = await context.untilSettled(SETTLE_LIMIT_MS);

    const verdict = await context.check();
    const names = countBy(cuts, ({ statements }) => nameCommit(statements));
    return {
      landed: [
        { what: 'connections cut at a COMMIT', count: cuts.length, atLeast: wanted },
        {
          what: 'of them after the server had committed',
          count: cuts.filter(isDone).length,
          atLeast: Math.floor(wanted / 2),
        },
        { what: 'commits of new executions with a key among them', count: names['begin'] ?? 0, atLeast: 1 },
        { what: 'and of new executions without one', count: names['begin_plain'] ?? 0, atLeast: 1 },
      ],
      measured: {
        requests: context.history.requests.length,
        executions: verdict.executions,
        cuts: Object.entries(names)
          .map(([name, count]) => `${name} ${count}`)
          .join(', '),
        'settled after, ms': settledMs ?? 'over 60,000',
      },
      broken: [...verdict.broken, ...context.history.complainOfUnanswered()],
    };
  },
};

function isDone({ fate, isCommitted }: CutCommit): boolean {
  return fate === 'lose-answer' && isCommitted;
}
