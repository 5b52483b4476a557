import type { ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import {
  EXPERIMENTS,
  putCandidates,
  putItems,
  putScorer,
  readExperiment,
  startExperiment,
  untilOver,
} from './experiments.js';
import { otherProject } from '../other-project.js';
import {
  ANY_ID,
  ECHO,
  expectProblem,
  getExecution,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
} from '../stage.js';

const ITEMS = 12;

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ LEASE_MS: '3000' });
  await putCandidates(stage, 'summary');
  await putItems(
    stage.admin,
    'tickets',
    Array.from({ length: ITEMS }, (_, at) => ({
      external_id: `t-${at}`,
      variables: { text: `ticket ${at}` },
    })),
  );
  await putScorer(stage.admin, 'answers', { kind: 'check', check: 'starts_with', value: 'Answer' });
  await putScorer(stage.admin, 'replies', { kind: 'check', check: 'starts_with', value: 'Reply' });
});
afterAll(() => stage.close());

const candidates = [
  { label: 'a', prompt_name: 'summary', version_number: 1, model: ECHO },
  { label: 'b', prompt_name: 'summary', model: 'echo/echo', params: { max_new_tokens: 50 } },
];
const asked = (more: ApiBody = {}) => ({
  name: 'summaries',
  dataset: { name: 'tickets' },
  candidates,
  scorers: [{ name: 'answers' }],
  ...more,
});

describe('an experiment', () => {
  it('is answered with everything that was left open settled', async () => {
    const answer = await stage.admin.post(EXPERIMENTS, asked({ repetitions: 2 }));
    expect(answer).toMatchObject({
      status: 202,
      body: {
        experiment_id: ANY_ID,
        status: 'queued',
        cells: ITEMS * 4,
        expected_cost_usd: null,
        max_cost_usd: null,
        dataset: { name: 'tickets', version: expect.stringMatching(/^[0-9a-f]{64}$/), item_count: ITEMS },
        candidates: [
          { label: 'a', version_number: 1, model: ECHO, params: {} },
          { label: 'b', version_number: 2, model: ECHO, params: { max_new_tokens: 50 } },
        ],
        scorers: [{ name: 'answers', version_number: 1, kind: 'check' }],
        repetitions: 2,
        pass_threshold: 0.5,
        concurrency: 8,
        environment: 'experiment',
        cache: false,
        error: null,
      },
    });
    const { experiment_id: id } = answer.body as { experiment_id: string };
    expect(answer.headers.get('location')).toBe(`${EXPERIMENTS}/${id}`);
    await untilOver(stage.admin, id);
  });

  it('runs every candidate on every item as often as asked, and says what came of it', async () => {
    const { experiment_id: id } = await startExperiment(
      stage.admin,
      asked({ repetitions: 3, scorers: [{ name: 'answers' }, { name: 'replies' }] }),
    );
    const over = await untilOver(stage.admin, id);
    expect(over).toMatchObject({
      status: 'completed',
      cost_usd: null,
      progress: { cells: ITEMS * 6, queued: 0, running: 0, succeeded: ITEMS * 6, failed: 0, canceled: 0 },
    });
    const passing = {
      n: ITEMS,
      mean: 1,
      pass_rate: 1,
      pass_rate_interval: [expect.closeTo(0.757506, 6), 1],
      pass_at_k: { '1': 1, '2': 1, '3': 1 },
      pass_hat_k: { '1': 1, '2': 1, '3': 1 },
      errors: 0,
      cost_usd: null,
    };
    const failing = { n: ITEMS, mean: 0, pass_rate: 0, pass_at_k: { '1': 0, '2': 0, '3': 0 } };
    expect(over.summary).toMatchObject([
      { candidate: 'a', scorer: 'answers', ...passing },
      { candidate: 'a', scorer: 'replies', ...failing },
      { candidate: 'b', scorer: 'answers', ...failing },
      { candidate: 'b', scorer: 'replies', ...passing },
    ]);
    const executions = await stage.sql(
      'SELECT status, environment, correlation_id FROM executions WHERE batch_id = $1',
      [id],
    );
    expect(executions).toHaveLength(ITEMS * 6);
    expect(new Set(executions.map((each) => each['correlation_id'])).size).toBe(ITEMS * 6);
    expect(new Set(executions.map((each) => each['environment']))).toEqual(new Set(['experiment']));
    const scores = await stage.sql(
      'SELECT c.score_id FROM scores c JOIN executions e USING (project_id, execution_id) WHERE e.batch_id = $1',
      [id],
    );
    expect(scores).toHaveLength(ITEMS * 12);
  });

  it('lists what each candidate got for each item, page by page and filtered', async () => {
    const { experiment_id: id } = await startExperiment(stage.admin, asked());
    await untilOver(stage.admin, id);
    const route = `${EXPERIMENTS}/${id}/results`;
    interface Page extends ApiBody {
      readonly results: readonly { readonly item: { readonly index: number }; readonly candidate: string }[];
      readonly next_cursor: string | null;
    }
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body }: { body: Page } = await stage.admin.get<Page>(`${route}?limit=5${query}`);
      seen.push(...body.results.map(({ item, candidate }) => `${item.index} ${candidate}`));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(Array.from({ length: ITEMS }, (_, at) => [`${at} a`, `${at} b`]).flat());

    const failed = (await stage.admin.get<Page>(`${route}?failed=true`)).body.results;
    expect(failed.map(({ candidate }) => candidate)).toEqual(Array(ITEMS).fill('b'));
    expect((await stage.admin.get<Page>(`${route}?candidate=a&failed=true`)).body.results).toEqual([]);
    const [first] = (await stage.admin.get<Page>(`${route}?candidate=a&scorer=answers&limit=1`)).body.results;
    expect(first).toMatchObject({
      item: { index: 0, external_id: 't-0', item_hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      candidate: 'a',
      scores: [{ scorer: 'answers', value: 1, passes: 1, passed: true }],
      execution_ids: [ANY_ID],
      cells: [
        { repetition: 1, status: 'succeeded', error: null, scores: [{ score_id: ANY_ID, passed: true }] },
      ],
    });
    const [executionId] = (first as unknown as { execution_ids: string[] }).execution_ids;
    expect(await getExecution(stage.admin, executionId as string)).toMatchObject({
      status: 'succeeded',
      response_text: 'Answer: ticket 0',
      batch_id: id,
    });
  });

  it('compares two candidates item by item, and reports', async () => {
    const { experiment_id: id } = await startExperiment(stage.admin, asked());
    await untilOver(stage.admin, id);
    const compare = `${EXPERIMENTS}/${id}/compare`;
    const { body } = await stage.admin.get(`${compare}?baseline=a&candidate=b&scorer=answers`);
    expect(body).toMatchObject({
      n: ITEMS,
      wins: 0,
      losses: ITEMS,
      ties: 0,
      missing: 0,
      errors: 0,
      delta: -1,
      p_value: expect.closeTo(0.000488281, 8),
      method: 'mcnemar_exact',
      margin: 0.05,
      verdict: 'worse',
      scorer_version: 1,
    });
    expect(body['flipped']).toHaveLength(ITEMS);
    const [flipped] = body['flipped'] as Record<
      'baseline_execution_ids' | 'candidate_execution_ids',
      string[]
    >[];
    const turned = await stage.admin.get(`${compare}?baseline=b&candidate=a`);
    expect(turned.body).toMatchObject({ verdict: 'better', wins: ITEMS });
    expect(turned.body['flipped']).toContainEqual(
      expect.objectContaining({
        baseline_execution_ids: flipped?.candidate_execution_ids,
        candidate_execution_ids: flipped?.baseline_execution_ids,
      }),
    );
    for (const [candidate, ids] of [
      ['a', flipped?.baseline_execution_ids],
      ['b', flipped?.candidate_execution_ids],
    ] as const) {
      const { body: results } = await stage.admin.get(`${EXPERIMENTS}/${id}/results?candidate=${candidate}`);
      expect(results['results']).toContainEqual(expect.objectContaining({ candidate, execution_ids: ids }));
    }
    expectProblem(await stage.admin.get(`${compare}?baseline=a&candidate=c`), 404, 'CANDIDATE_NOT_FOUND');
    expectProblem(await stage.admin.get(`${compare}?baseline=a`), 400, 'VALIDATION_FAILED');
    expectProblem(
      await stage.admin.get(`${compare}?baseline=a&candidate=b&scorer=none`),
      404,
      'SCORER_NOT_FOUND',
    );

    const report = async (format: string) => {
      const response = await fetch(`${stage.ledger.url}${EXPERIMENTS}/${id}/report?format=${format}`, {
        headers: { 'x-api-key': 'the-admin-key-of-the-tests' },
      });
      return { type: response.headers.get('content-type'), text: await response.text() };
    };
    const junit = await report('junit');
    expect(junit.type).toContain('application/xml');
    expect(junit.text).toContain(
      `<testsuites name="summaries" tests="${ITEMS * 2}" failures="${ITEMS}" errors="0"`,
    );
    const markdown = await report('markdown');
    expect(markdown.type).toContain('text/markdown');
    expect(markdown.text).toContain('❌ worse');
    expect(JSON.parse((await report('json')).text)).toMatchObject({ comparisons: [{ verdict: 'worse' }] });
  });

  it('counts what has no answer as an error, and its item as missing', async () => {
    await putItems(stage.admin, 'gaps', [
      { external_id: 'whole', variables: { text: 'x' } },
      { external_id: 'gap', variables: {} },
    ]);
    const { experiment_id: id } = await startExperiment(
      stage.admin,
      asked({
        dataset: { name: 'gaps' },
        candidates: [candidates[0], { ...candidates[1], model: 'echo/echo-fail-500' }],
      }),
    );
    const over = await untilOver(stage.admin, id);
    expect(over).toMatchObject({ status: 'completed', progress: { succeeded: 1, failed: 3 } });
    expect(over.summary).toMatchObject([
      { candidate: 'a', n: 1, errors: 1 },
      { candidate: 'b', n: 0, mean: null, pass_rate: null, errors: 2 },
    ]);
    const compared = await stage.admin.get(`${EXPERIMENTS}/${id}/compare?baseline=a&candidate=b`);
    expect(compared.body).toMatchObject({
      n: 0,
      missing: 2,
      missing_by_error: 2,
      errors: 3,
      verdict: 'cannot_tell',
    });
    const { body } = await stage.admin.get<{ results: ApiBody[] }>(
      `${EXPERIMENTS}/${id}/results?candidate=a&failed=true`,
    );
    expect(body.results).toMatchObject([
      {
        item: { external_id: 'gap' },
        cells: [{ status: 'failed', error: { code: 'TEMPLATE_VARIABLES_MISSING' } }],
      },
    ]);
  });

  it('is over at once where the dataset is empty', async () => {
    await putItems(stage.admin, 'emptied', [{ variables: { text: 'x' } }]);
    await putItems(stage.admin, 'emptied', []);
    const { experiment_id: id, cells } = await startExperiment(
      stage.admin,
      asked({ dataset: { name: 'emptied' } }),
    );
    expect(cells).toBe(0);
    expect(await untilOver(stage.admin, id)).toMatchObject({ status: 'completed' });
    const { body } = await stage.admin.get(`${EXPERIMENTS}/${id}/compare?baseline=a&candidate=b`);
    expect(body).toMatchObject({ n: 0, interval: null, delta: null, verdict: 'cannot_tell' });
  });

  it('compares with the baseline of another experiment, unless the scorer has changed', async () => {
    await putScorer(stage.admin, 'moving', { kind: 'check', check: 'contains', value: 'Answer' });
    const one = await startExperiment(stage.admin, asked({ scorers: [{ name: 'moving' }] }));
    await untilOver(stage.admin, one.experiment_id);
    const two = await startExperiment(stage.admin, asked({ scorers: [{ name: 'moving' }] }));
    await untilOver(stage.admin, two.experiment_id);
    const query = `compare?baseline=a&candidate=b&baseline_experiment=${one.experiment_id}`;
    const same = await stage.admin.get(`${EXPERIMENTS}/${two.experiment_id}/${query}`);
    expect(same.body).toMatchObject({ n: ITEMS, verdict: 'worse' });

    await putScorer(stage.admin, 'moving', { kind: 'check', check: 'contains', value: 'Reply' });
    const three = await startExperiment(stage.admin, asked({ scorers: [{ name: 'moving' }] }));
    await untilOver(stage.admin, three.experiment_id);
    const route = `${EXPERIMENTS}/${three.experiment_id}/${query}`;
    expectProblem(await stage.admin.get(route), 409, 'SCORER_VERSIONS_DIFFER');
    expect((await stage.admin.get(`${route}&allow_versions=true`)).body).toMatchObject({ n: ITEMS });
  });

  it('is canceled once, with what waits', async () => {
    await putItems(
      stage.admin,
      'slow',
      Array.from({ length: 30 }, (_, at) => ({ variables: { text: `${at}` } })),
    );
    const { experiment_id: id } = await startExperiment(
      stage.admin,
      asked({
        dataset: { name: 'slow' },
        concurrency: 4,
        candidates: [{ ...candidates[0], model: 'echo/echo-slow-200ms' }],
      }),
    );
    await eventually(async () => ((await readExperiment(stage.admin, id)).progress['succeeded'] ?? 0) > 0);
    const canceled = await stage.admin.post(`${EXPERIMENTS}/${id}:cancel`);
    expect(canceled).toMatchObject({
      status: 200,
      body: { status: 'canceled', progress: { queued: 0, running: 0 } },
    });
    expect(await stage.admin.post(`${EXPERIMENTS}/${id}:cancel`)).toMatchObject({ status: 200 });
    const unfinished = async () => {
      const rows = await stage.sql('SELECT FROM executions_in_flight WHERE batch_id = $1', [id]);
      return rows.length;
    };
    await eventually(async () => (await unfinished()) === 0);
    const before = await stage.sql('SELECT FROM executions WHERE batch_id = $1', [id]);
    expect(before.length).toBeLessThan(30);

    const finished = await startExperiment(stage.admin, asked());
    await untilOver(stage.admin, finished.experiment_id);
    const late = await stage.admin.post(`${EXPERIMENTS}/${finished.experiment_id}:cancel`);
    expectProblem(late, 409, 'EXPERIMENT_FINAL');
  });

  it.each([
    ['no candidates', { candidates: [] }, '/candidates'],
    ['a label twice', { candidates: [candidates[0], candidates[0]] }, '/candidates/1/label'],
    ['a scorer twice', { scorers: [{ name: 'answers' }, { name: 'answers' }] }, '/scorers/1/name'],
    ['a threshold that always passes', { pass_threshold: 0 }, '/pass_threshold'],
    ['a threshold that never does', { pass_threshold: 1.1 }, '/pass_threshold'],
    ['no repetitions', { repetitions: 0 }, '/repetitions'],
    ['money as a number', { max_cost_usd: 2.5 }, '/max_cost_usd'],
    ['a route', { candidates: [{ ...candidates[0], model: { route: 'r' } }] }, '/candidates/0/model/route'],
    ['a model that is none', { candidates: [{ ...candidates[0], model: 'echo' }] }, '/candidates/0/model'],
    ['a field that is none', { threshold: 0.5 }, '/threshold'],
    ['no dataset', { dataset: undefined }, '/dataset'],
  ])('is refused for %s', async (_what, more, pointer) => {
    const answer = await stage.admin.post(EXPERIMENTS, asked(more));
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer }]);
  });

  it.each([
    ['a dataset', { dataset: { name: 'none' } }, 'DATASET_NOT_FOUND'],
    [
      'a version of it',
      { dataset: { name: 'tickets', version: 'f'.repeat(64) } },
      'DATASET_VERSION_NOT_FOUND',
    ],
    ['a scorer', { scorers: [{ name: 'none' }] }, 'SCORER_NOT_FOUND'],
    ['a version of it', { scorers: [{ name: 'answers', version_number: 9 }] }, 'SCORER_VERSION_NOT_FOUND'],
    ['a prompt', { candidates: [{ ...candidates[0], prompt_name: 'none' }] }, 'PROMPT_NOT_FOUND'],
    ['a version of it', { candidates: [{ ...candidates[0], version_number: 9 }] }, 'VERSION_NOT_FOUND'],
    ['a model', { candidates: [{ ...candidates[0], model: 'openai/none' }] }, 'MODEL_NOT_FOUND'],
  ])('is refused for %s that is not there', async (_what, more, code) => {
    expectProblem(await stage.admin.post(EXPERIMENTS, asked(more)), 404, code);
  });

  it('is not seen by another project', async () => {
    const foreign = await otherProject(stage);
    const { experiment_id: id } = await startExperiment(stage.admin, asked());
    for (const route of ['', '/results', '/compare?baseline=a&candidate=b', '/report']) {
      expectProblem(await foreign.get(`${EXPERIMENTS}/${id}${route}`), 404, 'EXPERIMENT_NOT_FOUND');
    }
    expect((await foreign.get(EXPERIMENTS)).body).toEqual({ experiments: [], next_cursor: null });
    await untilOver(stage.admin, id);
  });
});

describe('max_cost_usd', () => {
  /** Each cell may cost up to 60 micro-dollars, and costs 2.25: the bound counts the vendor's tokens, the cost those of the fake. */
  const priced = { label: 'a', prompt_name: 'priced', model: OPENAI, params: { max_new_tokens: 100 } };

  beforeAll(async () => {
    await putPrompt(stage.admin, 'priced', 'Say {{text}}');
  });
  beforeEach(() => stage.openai.reset());

  it('is never passed, and stops the experiment when nothing is left', async () => {
    await putItems(
      stage.admin,
      'costly',
      Array.from({ length: 60 }, (_, at) => ({ variables: { text: `${at}` } })),
    );
    const cost = (await runOne()).cost_usd as string;
    expect(Number(cost)).toBeGreaterThan(0);
    // Room for some of them, and always for the bound of one.
    const limit = (Number(cost) * 10 + 0.0001).toFixed(8);
    const { experiment_id: id } = await startExperiment(stage.admin, {
      ...asked({ dataset: { name: 'costly' }, candidates: [priced], scorers: [{ name: 'answers' }] }),
      max_cost_usd: limit,
      concurrency: 16,
    });
    const over = await untilOver(stage.admin, id);
    expect(over).toMatchObject({ status: 'stopped_by_budget', error: { code: 'BUDGET_EXCEEDED' } });
    expect(Number(over.cost_usd)).toBeLessThanOrEqual(Number(limit));
    expect(over.progress['succeeded']).toBeGreaterThanOrEqual(10);
    expect(over.progress['succeeded']).toBeLessThan(60);
    expect((await stage.admin.get<{ budgets: ApiBody[] }>('/v1/budgets')).body.budgets).toEqual([]);
    await eventually(async () => {
      const live = await stage.sql(
        `SELECT FROM budgets WHERE scope_kind = 'experiment' AND archived_at IS NULL`,
      );
      return live.length === 0;
    });
  });

  it('holds judgements, repetitions and further attempts too', async () => {
    await putPrompt(stage.admin, 'judge', 'Judge: {{response_text}}');
    const judge = {
      kind: 'judge',
      prompt_name: 'judge',
      version_number: 1,
      model: OPENAI,
      params: { max_new_tokens: 50 },
    };
    await putScorer(stage.admin, 'judged', judge);
    await putItems(
      stage.admin,
      'judged',
      Array.from({ length: 8 }, (_, at) => ({ variables: { text: `${at}` } })),
    );
    const text = '{"explanation":"fine","value":1}';
    // The first call of some prompts fails.
    const failed = new Set<string>();
    stage.openai.behave(({ body: sent }) => {
      const prompt = JSON.stringify(sent?.['messages']);
      if (failed.has(prompt) || failed.size >= 5) return { kind: 'answer', text };
      failed.add(prompt);
      return { kind: 'error', status: 500 };
    });
    const body = asked({
      dataset: { name: 'judged' },
      candidates: [priced, { ...priced, label: 'b' }],
      scorers: [{ name: 'judged' }],
      repetitions: 2,
      concurrency: 16,
    });
    const whole = await untilOver(
      stage.admin,
      (await startExperiment(stage.admin, { ...body, max_cost_usd: '5' })).experiment_id,
    );
    expect(whole).toMatchObject({ status: 'completed', progress: { succeeded: 32, failed: 0 } });
    const executions = await stage.sql<{ cost: string; attempts: number; correlation_id: string | null }>(
      'SELECT cost_pico_usd AS cost, attempts_made AS attempts, correlation_id FROM executions WHERE batch_id = $1',
      [whole.experiment_id],
    );
    expect(executions).toHaveLength(64);
    expect(executions.filter(({ correlation_id: id }) => id === null)).toHaveLength(32);
    expect(executions.some(({ attempts }) => attempts > 1)).toBe(true);
    const sum = executions.reduce((total, { cost }) => total + BigInt(cost), 0n);
    expect(BigInt(Math.round(Number(whole.cost_usd) * 1e12))).toBe(sum);

    const limit = (Number(whole.cost_usd) / 2).toFixed(9);
    const stopped = await untilOver(
      stage.admin,
      (await startExperiment(stage.admin, { ...body, max_cost_usd: limit })).experiment_id,
    );
    expect(stopped.status).toBe('stopped_by_budget');
    expect(Number(stopped.cost_usd)).toBeGreaterThan(0);
    expect(Number(stopped.cost_usd)).toBeLessThanOrEqual(Number(limit));
  });

  it('is refused where nobody can say what a cell costs', async () => {
    await stage.admin.put('/v1/models/openai/unpriced', {});
    const answer = await stage.admin.post(
      EXPERIMENTS,
      asked({ candidates: [{ ...priced, model: 'openai/unpriced' }], max_cost_usd: '1' }),
    );
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer: '/max_cost_usd' }]);
  });

  async function runOne(): Promise<ApiBody> {
    await putItems(stage.admin, 'single', [{ variables: { text: '1' } }]);
    const started = await startExperiment(
      stage.admin,
      asked({ dataset: { name: 'single' }, candidates: [priced], max_cost_usd: '1' }),
    );
    expect(Number(started['expected_cost_usd'])).toBeGreaterThan(0);
    return untilOver(stage.admin, started.experiment_id);
  }
});
