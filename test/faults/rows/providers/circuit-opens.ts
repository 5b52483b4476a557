import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../../../fakes/vendors/openai-server.js';
import type { FaultContext } from '../../core/fault-context.js';
import type { Told } from '../../core/checks/history.js';
import type { RowResult } from '../../core/row.js';

const FAILURES = 3;
/** Long enough for all later requests to find it open, even on a busy machine. */
const OPEN_MS = 2_500;
/** The number of requests that find it open. */
const REFUSED = 5;
const WAITING = 3;

/**
 * Uses one process, so that runs and queued executions share a circuit. The provider fails until it opens. Later requests
 * are refused or wait, without a call and without an attempt. Then the provider recovers, and so does everything else.
 */
export async function tryCircuit(context: FaultContext, limitMs: number): Promise<RowResult> {
  let isDown = true;
  const failing: Behaviour = { kind: 'error', status: 500 };
  context.provider.behave(() => (isDown ? failing : { kind: 'answer' }));
  const settings = { WORKER: 'on', CIRCUIT_FAILURES: String(FAILURES), CIRCUIT_OPEN_MS: String(OPEN_MS) };
  const api = await context.startApi(context.settings('Postgres', settings));
  const client = context.client(api.url);
  const more = { max_attempts: 1 };
  const run = (name: string) => client.request({ label: `circuit/${name}`, route: 'run', more }).send();

  for (let failure = 0; failure < FAILURES; failure += 1) await run(`failing ${failure}`);
  const callsBefore = context.provider.calls.length;
  const refused = await Promise.all(Array.from({ length: REFUSED }, (_, index) => run(`refused ${index}`)));
  const refusedCalls = context.provider.calls.length - callsBefore;
  const ready = await context.admin(api.url).get('/health/ready');
  const waiting = await Promise.all(
    Array.from({ length: WAITING }, (_, index) => client.submit({ label: `circuit/waiting ${index}`, more })),
  );
  isDown = false;
  await context.untilSettled(limitMs);
  const after = await untilAnswered(() => run('after'), limitMs);
  return {
    landed: [
      {
        what: 'requests that found the circuit open',
        count: refused.filter(isRefusal).length,
        atLeast: REFUSED,
      },
    ],
    measured: { 'calls while the circuit was open': refusedCalls },
    broken: [
      ...refused.filter((told) => !isRefusal(told)).map(({ body }) => `Behind an open circuit: ${body}.`),
      ...(refusedCalls === 0 ? [] : [`${refusedCalls} calls were made behind an open circuit.`]),
      ...(JSON.stringify(ready.body).includes('open')
        ? []
        : ['/health/ready does not tell of the open circuit.']),
      ...(await findEaten(context, [...refused, ...waiting])),
      ...(after.status === 200 ? [] : [`The circuit did not close: ${after.body}.`]),
    ],
  };
}

/** Whether it is a 503 with the execution that records the refusal. */
function isRefusal({ status, code, executionId, body }: Told): boolean {
  const { attempts } = JSON.parse(body) as { attempts?: unknown };
  return status === 503 && code === 'PROVIDER_CIRCUIT_OPEN' && executionId !== null && attempts === 0;
}

/**
 * Finds calls beyond the expected ones: a waiting execution has its only attempt left for the recovered provider, and a refused one
 * has none.
 */
async function findEaten(context: FaultContext, all: readonly Told[]): Promise<string[]> {
  const ids = all.map(({ executionId }) => executionId);
  const rows = await context.database.query<{ label: string; status: string; attempts: number }>(
    `SELECT correlation_id AS label, status,
       (SELECT count(*)::int FROM execution_attempts_all a WHERE a.execution_id = e.execution_id) AS attempts
     FROM executions_all e WHERE execution_id = ANY ($1)`,
    [ids],
  );
  const eaten = rows.filter(({ label, status, attempts }) =>
    label.startsWith('circuit/refused') ? attempts !== 0 : status !== 'succeeded' || attempts !== 1,
  );
  return eaten.map(({ label, ...what }) => `${label}: ${JSON.stringify(what)}.`);
}

async function untilAnswered(send: () => Promise<Told>, limitMs: number): Promise<Told> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const told = await send();
    if (told.status === 200 || performance.now() > deadline) return told;
    await sleep(100);
  }
}
