import type { ApiClient } from '../../../support/api-client.js';
import type { ServiceProcess } from '../../../support/servers/processes.js';
import {
  type Experiment,
  putCandidates,
  putItems,
  putScorer,
  readExperiment,
  startExperiment,
} from '../../../e2e/evaluation/experiments.js';
import { OPENAI } from '../../../e2e/stage.js';
import type { FaultContext } from '../../core/fault-context.js';
import { isAlive } from '../../core/connections/faulty-server.js';
import type { FaultRow } from '../../core/row.js';

const SIZES = {
  full: { items: 500, repetitions: 3, kills: 5 },
  short: { items: 40, repetitions: 2, kills: 3 },
};
const CANDIDATES = 2;
const SCORERS = 2;
const CALL_MS = 20;
const CONCURRENCY = '8';
const POLL_MS = 50;

interface Execution extends Record<string, unknown> {
  readonly correlation_id: string;
  readonly cost: string | null;
  readonly attempts: number;
}

/** Kills the only worker of an experiment while it has cells under way, evenly over the run. */
export const experimentsRow: FaultRow = {
  number: 23,
  fault:
    'kill -9 of the worker that runs an experiment of 500 items × 2 candidates × 3 repetitions, five times',
  mustHold: '3,000 cells, each once; attempts show every call; the cost equals the sum of the executions',
  async run(context, size) {
    const { items, repetitions, kills } = SIZES[size];
    const cells = items * CANDIDATES * repetitions;
    const api = await context.startApi();
    const admin = context.admin(api.url);
    const id = await begin(admin, items, repetitions);
    const killed = await killWhileItRuns(context, cells, kills);
    await context.until(
      async () => !['queued', 'running'].includes((await readExperiment(admin, id)).status),
      'the end of the experiment',
      POLL_MS,
    );
    await context.provider.settle();
    const over = await readExperiment(admin, id);
    const executions = await readExecutions(context, id);
    const attempts = executions.reduce((sum, execution) => sum + execution.attempts, 0);
    return {
      landed: [
        {
          what: 'workers gone by SIGKILL in mid-experiment',
          count: killed.filter((pid) => !isAlive(pid)).length,
          atLeast: kills,
        },
        { what: 'cells that were tried again', count: attempts - cells, atLeast: kills },
      ],
      measured: {
        cells: executions.length,
        calls: context.provider.calls.length,
        attempts,
        'cost, USD': over.cost_usd ?? 'none',
      },
      broken: [
        ...complaintsOfExperiment(over, cells, items),
        ...complaintsOfExecutions(executions, cells, over),
        ...complaintsOfCalls(context, attempts),
        ...(await complaintsOfCells(context, id, cells)),
      ],
    };
  },
};

async function begin(admin: ApiClient, items: number, repetitions: number): Promise<string> {
  await putCandidates({ admin }, 'summary');
  await putItems(
    admin,
    'tickets',
    Array.from({ length: items }, (_, at) => ({ variables: { text: `ticket ${at}` } })),
  );
  const source = '({ response_text }) => ({ value: response_text.length })';
  await putScorer(admin, 'length', { kind: 'code', source });
  await putScorer(admin, 'any', { kind: 'check', check: 'regex', value: '.' });
  const candidate = { prompt_name: 'summary', model: OPENAI, params: { max_new_tokens: 50 } };
  const { experiment_id: id } = await startExperiment(admin, {
    name: 'killed',
    dataset: { name: 'tickets' },
    candidates: [
      { ...candidate, label: 'a', version_number: 1 },
      { ...candidate, label: 'b', version_number: 2 },
    ],
    scorers: [{ name: 'length' }, { name: 'any' }],
    repetitions,
    max_cost_usd: '5',
  });
  return id;
}

/**
 * The calls at which a worker dies have no answer until it is gone, so each kill cuts off a call however fast the others end.
 *
 * @returns the ids of the killed processes; the last worker survives.
 */
async function killWhileItRuns(context: FaultContext, cells: number, kills: number): Promise<number[]> {
  const { calls } = context.provider;
  const pids: number[] = [];
  const isTime = () => pids.length < kills && calls.length > (cells * (pids.length + 0.5)) / kills;
  context.provider.behave(() =>
    isTime() ? { kind: 'hang', at: 'start' } : { kind: 'answer', delayMs: CALL_MS },
  );
  const start = () => context.startWorker(context.settings('Postgres', { CONCURRENCY }));
  let worker: ServiceProcess = await start();
  while (pids.length < kills) {
    await context.until(isTime, 'a call to cut off', POLL_MS);
    await worker.kill();
    pids.push(worker.pid);
    worker = await start();
  }
  return pids;
}

function readExecutions({ database }: FaultContext, id: string): Promise<Execution[]> {
  return database.query<Execution>(
    `SELECT correlation_id, cost_pico_usd::text AS cost, attempts_made AS attempts
     FROM executions_all WHERE batch_id = '${id}'`,
  );
}

function complaintsOfExperiment({ status, progress, summary }: Experiment, cells: number, items: number) {
  const isWhole = progress['cells'] === cells && progress['succeeded'] === cells && progress['failed'] === 0;
  return [
    ...(status === 'completed' ? [] : [`The experiment is ${status}.`]),
    ...(isWhole ? [] : [`Its progress is ${JSON.stringify(progress)}.`]),
    ...summary
      .filter(({ n, errors }) => n !== items || errors !== 0)
      .map((row) => `${row.scorer} of ${row.candidate} has ${row.n} items and ${row.errors} errors.`),
  ];
}

function complaintsOfExecutions(executions: readonly Execution[], cells: number, over: Experiment): string[] {
  const ids = new Set(executions.map((execution) => execution.correlation_id));
  const sum = executions.reduce((total, { cost }) => total + BigInt(cost ?? '0'), 0n);
  const said = BigInt(Math.round(Number(over.cost_usd) * 1e12));
  return [
    ...(executions.length === cells ? [] : [`There are ${executions.length} executions.`]),
    ...(ids.size === cells ? [] : [`There are executions for ${ids.size} cells.`]),
    ...(sum > 0n && sum === said ? [] : [`It cost ${said} pico-dollars, and its executions ${sum}.`]),
  ];
}

/** An attempt may lack its call when the worker died before sending it. A call never lacks its attempt. */
function complaintsOfCalls({ provider: { calls } }: FaultContext, attempts: number): string[] {
  const unrecorded = calls.filter(({ isOnRecord }) => isOnRecord !== true);
  const sent = new Set(calls.map(({ attemptId }) => attemptId));
  return [
    ...(unrecorded.length === 0 ? [] : [`${unrecorded.length} calls had no attempt on record.`]),
    ...(sent.size === calls.length ? [] : [`${calls.length - sent.size} attempts were sent twice.`]),
    ...(calls.length <= attempts ? [] : [`There were ${calls.length} calls in ${attempts} attempts.`]),
  ];
}

async function complaintsOfCells({ database }: FaultContext, id: string, cells: number): Promise<string[]> {
  const [row] = await database.query<{ cells: number; executions: number; scores: number }>(
    `SELECT count(*)::int AS cells, count(DISTINCT execution_id)::int AS executions,
       (SELECT count(*)::int FROM scores s JOIN executions e USING (project_id, execution_id) WHERE e.batch_id = '${id}') AS scores
     FROM experiment_cells WHERE experiment_id = '${id}'`,
  );
  const isEachOnce = row?.cells === cells && row.executions === cells && row.scores === cells * SCORERS;
  return isEachOnce ? [] : [`Cells, their executions and scores are ${JSON.stringify(row)}.`];
}
