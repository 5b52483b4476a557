import { bucketUnit } from '../../../src/bucketing/index.js';
import { Connection } from '../../support/database/connection.js';
import { eventually } from '../../support/eventually.js';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import { ADMIN_KEY, ECHO, promptPath, putPrompt, type Stage, startStage } from '../stage.js';

const SERVICES = 3;
const PROCESSES_EACH = 4;
const NAME = 'split';
const PERCENTS = [20, 50];
const KEYS = Array.from({ length: 200 }, (_, nth) => `user-${nth}`);

/** Without a worker, queued executions do not end. Each request's log line names the process that answered. */
const SETTINGS = {
  WORKER: 'off',
  WEB_CONCURRENCY: String(PROCESSES_EACH),
  DATABASE_POOL_SIZE: '2',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
};

let stage: Stage;
const others: LedgerProcess[] = [];
/** One connection to each process of each service. */
let connections: Connection[] = [];

beforeAll(async () => {
  stage = await startStage(SETTINGS);
  const env = { ...stage.env, ...SETTINGS };
  // Started one after the other: all at once would exceed the time limit of a start on a busy machine.
  while (others.length < SERVICES - 1) others.push(await startLedger({ env }));
  await putPrompt(stage.admin, NAME, 'control {{text}}');
  await putPrompt(stage.admin, NAME, 'candidate {{text}}', { set_active: false });
  connections = (await Promise.all([stage.ledger, ...others].map(openOneToEach))).flat();
}, 240_000);
afterAll(async () => {
  for (const connection of connections) connection.close();
  await Promise.all(others.map((other) => other.stop()));
  await stage.close();
});

async function openOneToEach({ url, logs }: LedgerProcess): Promise<Connection[]> {
  const found = new Map<number, Connection>();
  while (found.size < PROCESSES_EACH) {
    const connection = new Connection(url, ADMIN_KEY);
    const { requestId } = await connection.send('GET', promptPath(NAME));
    let line: string | undefined;
    await eventually(() => (line = logs.find((each) => each.includes(requestId))) !== undefined);
    const { apiProcess } = JSON.parse(line ?? '{}') as { apiProcess: number };
    if (found.has(apiProcess)) connection.close();
    else found.set(apiProcess, connection);
  }
  return [...found.values()];
}

/** Returns the arm and step that each process gives each key, in order. */
async function assignments(): Promise<string[][]> {
  const batches = await Promise.all(
    connections.map((connection) =>
      connection.send('POST', '/v1/executions:submit-batch', {
        prompt_name: NAME,
        model: ECHO,
        entries: KEYS.map((unit_key) => ({ unit_key, variables: { text: 'x' } })),
      }),
    ),
  );
  const assigned: string[][] = [];
  for (const { status, body } of batches) {
    if (status !== 202) throw new Error(JSON.stringify(body));
    const rows = await stage.sql<{ assigned: string }>(
      `SELECT v.version_number || ' ' || (e.rollout ->> 'arm') || ' ' || (e.rollout ->> 'phase') AS assigned
       FROM unnest($1::uuid[]) WITH ORDINALITY AS n(execution_id, nth) JOIN executions_in_flight e USING (execution_id)
       JOIN prompt_versions v USING (version_id) ORDER BY n.nth`,
      [body['execution_ids']],
    );
    assigned.push(rows.map((row) => row.assigned));
  }
  return assigned;
}

/** Returns the arm that the contract gives each key in a step, counted from 1. */
function expectedIn(id: string, phase: number): string[] {
  const share = (PERCENTS[phase - 1] ?? 0) / 100;
  return KEYS.map((key) => (bucketUnit(id, key) < share ? `2 candidate ${phase}` : `1 control ${phase}`));
}

describe(`${SERVICES} services of ${PROCESSES_EACH} processes`, () => {
  it('give each of 200 units the same arm, in each step, from the moment at which it begins', async () => {
    expect(connections).toHaveLength(SERVICES * PROCESSES_EACH);
    const made = await stage.admin.post<{ rollout_id: string }>('/v1/rollouts', {
      name: 'split',
      prompt_name: NAME,
      environment: 'default',
      candidate: { version_number: 2 },
      steps: PERCENTS.map((percent) => ({ percent })),
      min_units: 1,
      primary: { metric: 'error_rate' },
    });
    const { rollout_id: id } = made.body;
    await stage.admin.post(`/v1/rollouts/${id}:start`, { reason: 'test' });
    const [first, second] = [expectedIn(id, 1), expectedIn(id, 2)];
    for (const assigned of await assignments()) expect(assigned).toEqual(first);

    // One unit of each arm ends, and the step with them.
    for (const version of ['1', '2']) {
      const unit_key = KEYS[first.findIndex((assigned) => assigned.startsWith(version))];
      const run = { prompt_name: NAME, variables: { text: 'x' }, model: ECHO, unit_key };
      expect((await stage.admin.post('/v1/executions:run', run)).status).toBe(200);
    }
    await eventually(async () => {
      const { body } = await stage.admin.get(`/v1/rollouts/${id}`);
      return body['phase'] === 2;
    });
    for (const assigned of await assignments()) expect(assigned).toEqual(second);

    // No key went back to the control, and some moved to the candidate.
    const isCandidate = (assigned: string | undefined) => assigned?.startsWith('2') === true;
    const moved = KEYS.filter((_, nth) => isCandidate(first[nth]) !== isCandidate(second[nth]));
    expect(moved.length).toBeGreaterThan(0);
    expect(KEYS.every((_, nth) => !isCandidate(first[nth]) || isCandidate(second[nth]))).toBe(true);
  });
});
