import type { FaultContext } from '../../core/fault-context.js';
import type { Told } from '../../core/checks/history.js';
import type { LedgerClient } from '../../core/ledger-client.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { rounds: 200, atOnce: 100 },
  short: { rounds: 4, atOnce: 20 },
};
const SETTLE_LIMIT_MS = 60_000;

/** The violations found in a round. It should be empty. */
type Complaints = string[];

/** Two APIs take turns, so that most of the requests with one key meet on different processes. */
export const sameKeyRow: FaultRow = {
  number: 12,
  fault:
    '100 requests with one key at once, 200 rounds; one byte changed; same body on another path; another project',
  mustHold: 'one execution; 422; independent; independent; replays byte for byte',
  async run(context, size) {
    const { rounds, atOnce } = SIZES[size];
    const apis = await Promise.all([context.startApi(), context.startApi()]);
    const { url } = apis[0];
    await context.putPrompt(url);
    await context.startWorker();
    let turn = 0;
    const nextUrl = () => apis[(turn += 1) % apis.length]?.url ?? '';
    const client = context.client(nextUrl);
    const foreign = await openForeignProject(context, url, nextUrl);
    const complaints: Complaints = [];
    for (let round = 0; round < rounds; round += 1) {
      complaints.push(...(await playRound(client, foreign, `round-${round}`, atOnce)));
    }
    await context.untilSettled(SETTLE_LIMIT_MS);
    const verdict = await context.check();
    const met = context.history.tries().filter(({ isReplayed, status }) => isReplayed || status === 409);
    const replays = met.filter(({ isReplayed }) => isReplayed).length;
    // Each round makes three: the submit, the run and that of the other project.
    const expected = rounds * 3;
    return {
      landed: [
        {
          what: 'requests that met their own key',
          count: met.length,
          atLeast: rounds * (atOnce - 1),
        },
      ],
      measured: {
        rounds,
        executions: verdict.executions,
        replays,
        outcomes: JSON.stringify(context.history.outcomes()),
      },
      broken: [
        ...verdict.broken,
        ...complaints.slice(0, 5),
        ...(verdict.executions === expected
          ? []
          : [`${verdict.executions} executions instead of ${expected}.`]),
      ],
    };
  },
};

async function playRound(
  client: LedgerClient,
  foreign: LedgerClient,
  label: string,
  atOnce: number,
): Promise<Complaints> {
  const ask = { label, key: label };
  const request = client.request(ask);
  const answers = await Promise.all(Array.from({ length: atOnce }, () => request.sendUntilAnswered()));
  const [first] = answers as [Told];
  const changed = await client.request({ ...ask, label: `${label}!` }).send();
  const other = await client.request({ ...ask, route: 'run' }).sendUntilAnswered();
  const again = await client.request({ ...ask, route: 'run' }).send();
  const theirs = await foreign.request(ask).sendUntilAnswered();
  const ids = [first, other, theirs].map(({ executionId }) => executionId);
  return [
    ...answers
      .filter(({ status, body }) => status !== 202 || body !== first.body)
      .map(({ status, body }) => `${label}: ${String(status)} ${body} instead of ${first.body}.`),
    ...(answers.filter(({ isReplayed }) => !isReplayed).length === 1
      ? []
      : [`${label}: not exactly one answer is no replay.`]),
    ...(changed.status === 422 && changed.code === 'IDEMPOTENCY_KEY_REUSED'
      ? []
      : [`${label}: one byte changed was answered with ${String(changed.status)}.`]),
    ...(other.status === 200 && again.body === other.body && again.isReplayed
      ? []
      : [`${label}: the run was not replayed: ${again.body}.`]),
    ...(theirs.status === 202 && new Set(ids).size === 3
      ? []
      : [`${label}: path and project are not independent: ${ids.join(', ')}.`]),
  ];
}

/** Opens another tenant, with the same prompt under the same name. */
async function openForeignProject(
  context: FaultContext,
  url: string,
  nextUrl: () => string,
): Promise<LedgerClient> {
  const scopes = ['prompts:read', 'prompts:write', 'executions:run', 'executions:read', 'models:write'];
  const { body } = await context
    .admin(url)
    .post<{ key: string; key_id: string }>('/v1/keys', { name: 'other', scopes });
  await context.database.query(
    `WITH other AS (INSERT INTO projects (name) VALUES ('other') RETURNING project_id)
     UPDATE api_keys SET project_id = other.project_id FROM other WHERE key_id = $1`,
    [body.key_id],
  );
  await context.putPrompt(url, body.key);
  return context.client(nextUrl, body.key, 'other');
}
