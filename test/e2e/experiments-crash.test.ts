import { eventually } from '../support/eventually.js';
import { type ServiceProcess, startWorker } from '../support/processes.js';
import {
  putCandidates,
  putItems,
  putScorer,
  readExperiment,
  startExperiment,
  untilOver,
} from './experiments.js';
import { OPENAI, type Stage, startStage } from './stage.js';

const ITEMS = 40;
const REPETITIONS = 2;
const CELLS = ITEMS * 2 * REPETITIONS;
/** After so many cells the process is killed. */
const KILLS = [15, 60, 105];
const CALL_MS = 20;
const LEASES = { LEASE_MS: '2000' };

/** Leases have to lapse, on a busy machine. */
jest.setTimeout(180_000);

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ ...LEASES, WORKER: 'off' });
  await putCandidates(stage, 'summary');
  await putItems(
    stage.admin,
    'tickets',
    Array.from({ length: ITEMS }, (_, at) => ({ variables: { text: `ticket ${at}` } })),
  );
  await putScorer(stage.admin, 'short', {
    kind: 'code',
    source: '({ response_text }) => ({ value: response_text.length })',
  });
  await putScorer(stage.admin, 'any', { kind: 'check', check: 'regex', value: '.' });
});
afterAll(() => stage.close());

describe('an experiment whose process is killed again and again', () => {
  it('has each cell once, with every call on record, at the cost of its executions', async () => {
    stage.openai.behave({ kind: 'answer', delayMs: CALL_MS });
    const { experiment_id: id } = await startExperiment(stage.admin, {
      name: 'killed',
      dataset: { name: 'tickets' },
      candidates: [
        {
          label: 'a',
          prompt_name: 'summary',
          version_number: 1,
          model: OPENAI,
          params: { max_new_tokens: 50 },
        },
        {
          label: 'b',
          prompt_name: 'summary',
          version_number: 2,
          model: OPENAI,
          params: { max_new_tokens: 50 },
        },
      ],
      scorers: [{ name: 'short' }, { name: 'any' }],
      repetitions: REPETITIONS,
      max_cost_usd: '5',
    });
    const start = () => startWorker({ env: { ...stage.env, ...LEASES, CONCURRENCY: '8' } });
    let worker: ServiceProcess = await start();
    for (const cells of KILLS) {
      await eventually(
        async () => ((await readExperiment(stage.admin, id)).progress['succeeded'] ?? 0) >= cells,
        undefined,
        60_000,
      );
      await worker.kill();
      worker = await start();
    }
    await eventually(
      async () => (await readExperiment(stage.admin, id)).status !== 'running',
      undefined,
      90_000,
    );
    const over = await untilOver(stage.admin, id);
    await worker.stop();

    expect(over).toMatchObject({
      status: 'completed',
      progress: { cells: CELLS, succeeded: CELLS, failed: 0 },
    });
    const executions = await stage.sql<{ correlation_id: string; cost: string | null; attempts: number }>(
      `SELECT correlation_id, cost_pico_usd AS cost, attempts_made AS attempts FROM executions_all WHERE batch_id = $1`,
      [id],
    );
    expect(executions).toHaveLength(CELLS);
    expect(new Set(executions.map((each) => each.correlation_id)).size).toBe(CELLS);
    const cells = await stage.sql<{ execution_id: string }>(
      'SELECT execution_id FROM experiment_cells WHERE experiment_id = $1',
      [id],
    );
    expect(new Set(cells.map((cell) => cell.execution_id)).size).toBe(CELLS);

    // Every request that reached the provider is an attempt of one of them.
    const [attempts] = await stage.sql<{ count: number; calls: number }>(
      `SELECT count(*)::int AS count FROM execution_attempts_all a JOIN executions e USING (project_id, execution_id) WHERE e.batch_id = $1`,
      [id],
    );
    expect(stage.openai.requests.length).toBeLessThanOrEqual(attempts?.count ?? 0);
    const sent = new Set(stage.openai.requests.map(({ attemptId }) => attemptId));
    expect(sent.size).toBe(stage.openai.requests.length);

    const sum = executions.reduce((total, { cost }) => total + BigInt(cost ?? '0'), 0n);
    expect(sum).toBeGreaterThan(0n);
    expect(BigInt(Math.round(Number(over.cost_usd) * 1e12))).toBe(sum);
    const scores = await stage.sql(
      'SELECT c.score_id FROM scores c JOIN executions e USING (project_id, execution_id) WHERE e.batch_id = $1',
      [id],
    );
    expect(scores).toHaveLength(CELLS * 2);
    expect(over.summary.map(({ n, errors }) => [n, errors])).toEqual(Array(4).fill([ITEMS, 0]));
  });
});
