import { formatPicoUsd } from '../../../src/kernel/index.js';
import type { ReceivedRequest } from '../../fakes/vendors/openai-server.js';
import { api, type ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { startWorker } from '../../support/servers/processes.js';
import {
  type Experiment,
  EXPERIMENTS,
  putItems,
  putScorer,
  startExperiment,
  untilOver,
} from './experiments.js';
import { ADMIN_KEY, putPrompt, type Stage, startStage } from '../stage.js';

const CLIENTS = 16;
const ITEMS = 3;
/** Items, candidates and repetitions. Each cell also has a judgement. */
const CELLS = ITEMS * 2 * 2;
/** One micro-dollar for each token of an answer, and nothing for the prompt. */
const MODEL = { provider: 'openai', model_name: 'counted' };
/** The most that a call may cost, and the bill for each answered one, in tokens. */
const ASKED = 10;
const BILLED = 4;
/** Four words, and so four tokens: it serves as an answer and as a judgement. */
const ANSWER = '{"explanation": "fine", "value": 1}';

const usd = (tokens: number) => formatPicoUsd(BigInt(tokens) * 1_000_000n);

/** Every process has short leases and two retries. */
const SETTINGS = { LEASE_MS: '2000', RETRY_WAITS_MS: '50,50' };

let stage: Stage;

beforeAll(async () => {
  stage = await startStage(SETTINGS);
  await stage.admin.put('/v1/models/openai/counted', { max_tokens: null, supports_streaming: true });
  const figures = { input_usd_per_mtok: '0', output_usd_per_mtok: '1' };
  await stage.admin.post('/v1/prices', { ...MODEL, ...figures });
  await putPrompt(stage.admin, 'answering', 'Answer {{text}}');
  await putPrompt(stage.admin, 'judging', 'Judge {{variables.text}}: {{response_text}}');
  await putScorer(stage.admin, 'judged', {
    kind: 'judge',
    prompt_name: 'judging',
    version_number: 1,
    model: MODEL,
    params: { max_new_tokens: ASKED },
  });
  await watchBudgets();
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

/** Records the highest sum of spent and held money of each budget, in the transaction that reaches it, so that none is missed. */
async function watchBudgets(): Promise<void> {
  await stage.owner.query(`
    CREATE TABLE watched (budget_id uuid PRIMARY KEY, most numeric NOT NULL);
    CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
    BEGIN
      INSERT INTO watched VALUES (NEW.budget_id, NEW.held_pico_usd + NEW.spent_pico_usd)
      ON CONFLICT (budget_id) DO UPDATE SET most = greatest(watched.most, excluded.most);
      RETURN NULL;
    END
    $$;
    CREATE TRIGGER watch AFTER INSERT OR UPDATE ON budget_periods FOR EACH ROW EXECUTE FUNCTION watch()`);
}

/** Returns the highest sum of spent and held money, in tokens. */
async function mostOf(experimentId: string): Promise<number> {
  const [row] = await stage.sql<{ most: number }>(
    `SELECT (w.most / 1000000)::float8 AS most FROM watched w JOIN budgets b USING (budget_id)
     WHERE b.scope_kind = 'experiment' AND b.scope_value = $1`,
    [experimentId],
  );
  return row?.most ?? 0;
}

/** Puts a dataset whose texts name the client, so that the provider's log shows which experiment made a call. */
async function putTickets(client: number): Promise<ApiBody> {
  const items = Array.from({ length: ITEMS }, (_, at) => ({ variables: { text: `client-${client} ${at}` } }));
  await putItems(stage.admin, `tickets-${client}`, items);
  return {
    name: `client ${client}`,
    dataset: { name: `tickets-${client}` },
    candidates: ['a', 'b'].map((label) => ({
      label,
      prompt_name: 'answering',
      model: MODEL,
      params: { max_new_tokens: ASKED },
    })),
    scorers: [{ name: 'judged' }],
    repetitions: 2,
    concurrency: 16,
  };
}

const clientOf = ({ text }: ReceivedRequest) => Number(/client-(\d+) /.exec(text)?.[1]);

/** Returns the provider's bill for a client: for its answers, and the highest possible bill for a call that was cut. */
function billedTo(client: number, failed: ReadonlySet<ReceivedRequest>): number {
  return stage.openai.requests
    .filter((request) => clientOf(request) === client && !failed.has(request))
    .reduce((sum, { outcome }) => sum + (outcome === 'answered' ? BILLED : ASKED), 0);
}

describe('max_cost_usd of experiments under 16 clients at once', () => {
  it('is never passed, whatever is tried again, judged, repeated and taken over', async () => {
    const failed = new Set<ReceivedRequest>();
    let calls = 0;
    stage.openai.behave((request) => {
      calls += 1;
      const fails = calls % 7;
      if (fails === 1 || fails === 4) {
        failed.add(request);
        return { kind: 'error', status: fails === 1 ? 500 : 429, headers: { 'retry-after': '0' } };
      }
      if (fails === 6 && calls % 5 === 0) return { kind: 'cut', at: 'body' };
      return { kind: 'answer', text: ANSWER, delayMs: 20 };
    });
    // Every fourth limit has room for everything, and the others for between one call and half of the calls.
    const isWide = (client: number) => client % 4 === 3;
    const limits = Array.from({ length: CLIENTS }, (_, client) =>
      isWide(client) ? CELLS * 2 * ASKED * 3 : ASKED + 3 * client,
    );
    const env = { ...stage.env, ...SETTINGS };
    const workers = [await startWorker({ env }), await startWorker({ env })];
    try {
      const overs = await Promise.all(
        limits.map(async (limit, client) => {
          const own = api(stage.ledger.url, ADMIN_KEY);
          const body = { ...(await putTickets(client)), max_cost_usd: usd(limit) };
          const { experiment_id: id } = await startExperiment(own, body);
          if (client === 0) {
            await eventually(() => stage.openai.requests.length >= 40);
            // Another process continues what it drove and called.
            await workers[0]?.kill();
          }
          return untilOver(own, id);
        }),
      );
      // Calls may still be under way after their experiment was stopped.
      await untilNothingIsUnderWay();
      for (const [client, over] of overs.entries()) {
        const limit = limits[client] as number;
        const most = await mostOf(over.experiment_id);
        expect(most).toBeGreaterThan(0);
        expect(most).toBeLessThanOrEqual(limit);
        expect(billedTo(client, failed)).toBeLessThanOrEqual(limit);
        const after = await stage.admin.get<Experiment>(`${EXPERIMENTS}/${over.experiment_id}`);
        expect(Number(after.body.cost_usd)).toBeLessThanOrEqual(Number(usd(limit)));
        expect(over.status).toBe(isWide(client) ? 'completed' : 'stopped_by_budget');
      }
      expect(stage.openai.requests.some(({ outcome }) => outcome === 'abandoned')).toBe(true);
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  });

  it('is one limit for 16 clients that ask for the same experiment', async () => {
    stage.openai.behave({ kind: 'answer', text: ANSWER, delayMs: 20 });
    const limit = ASKED * 5;
    const body = { ...(await putTickets(CLIENTS)), max_cost_usd: usd(limit) };
    const key = { 'idempotency-key': 'the same' };
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, () =>
        api(stage.ledger.url, ADMIN_KEY).post<Experiment>(EXPERIMENTS, body, key),
      ),
    );
    const ids = new Set(
      answers.filter(({ status }) => status === 202).map((each) => each.body.experiment_id),
    );
    const [id] = ids;
    expect(ids.size).toBe(1);
    expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
    const over = await untilOver(stage.admin, id as string);
    await untilNothingIsUnderWay();
    expect(over.status).toBe('stopped_by_budget');
    expect(await mostOf(over.experiment_id)).toBeLessThanOrEqual(limit);
    expect(billedTo(CLIENTS, new Set())).toBeLessThanOrEqual(limit);
    expect(billedTo(CLIENTS, new Set())).toBeGreaterThan(limit - ASKED);
  });

  it('stops an experiment of which a further attempt does not fit, although all its cells have ended', async () => {
    const texts: string[] = [];
    stage.openai.behave(({ text }) => {
      if (!texts.includes(text)) texts.push(text);
      const [isFirst, isThird] = [text === texts[0], text === texts[2]];
      if (isFirst) return { kind: 'error', status: 429, headers: { 'retry-after': '1' } };
      return { kind: 'answer', text: ANSWER, delayMs: isThird ? 4_000 : 0 };
    });
    const items = ['one', 'two', 'three'].map((text) => ({ variables: { text } }));
    await putItems(stage.admin, 'refused', items);
    await putScorer(stage.admin, 'whole', { kind: 'check', check: 'json_valid' });
    const params = { max_new_tokens: ASKED };
    const { experiment_id: id } = await startExperiment(stage.admin, {
      name: 'a refused attempt',
      dataset: { name: 'refused' },
      candidates: [{ label: 'a', prompt_name: 'answering', model: MODEL, params }],
      scorers: [{ name: 'whole' }],
      concurrency: 3,
      // There is room for two calls at a time. While the first one waits, the second ends and the third begins.
      max_cost_usd: usd(2 * ASKED + BILLED - 1),
    });
    const over = await untilOver(stage.admin, id);
    expect(over).toMatchObject({ status: 'stopped_by_budget', error: { code: 'BUDGET_EXCEEDED' } });
    const statuses = `SELECT error_type FROM executions WHERE batch_id = $1 ORDER BY error_type`;
    expect(await stage.sql(statuses, [id])).toEqual([
      { error_type: 'budget_exceeded' },
      { error_type: null },
      { error_type: null },
    ]);
  });
});

async function untilNothingIsUnderWay(): Promise<void> {
  await eventually(async () => (await stage.sql('SELECT FROM executions_in_flight')).length === 0);
}
