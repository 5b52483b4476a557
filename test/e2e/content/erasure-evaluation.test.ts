import type { ApiBody } from '../../support/api-client.js';
import { findInDatabase } from '../../support/database/find-in-database.js';
import { eventually } from '../../support/eventually.js';
import { putItems, startExperiment, untilOver } from '../evaluation/experiments.js';
import { ECHO, expectProblem, OPENAI, putPrompt, type Stage, startStage, untilFinal } from '../stage.js';

const CANARY = 'canary-of-evaluation-4711';
/** Occurs in the content of judgements that are under way. */
const OTHER = 'canary-of-judgements-4711';
const ITEMS = '/v1/datasets/canaries/items';

let stage: Stage;
let executionId: string;
let version: string;

interface Added {
  readonly version: string;
}
interface Page {
  readonly items: ApiBody[];
}

beforeAll(async () => {
  stage = await startStage();
  const { admin } = stage;
  await putPrompt(admin, 'say', '{{text}}');
  await putPrompt(admin, 'judge', '{{variables.text}} {{expected}} {{response_text}}');
  await admin.put('/v1/scorers/kind', { kind: 'human', labels: { good: true, bad: false } });
  await admin.put('/v1/scorers/judge', {
    kind: 'judge',
    prompt_name: 'judge',
    version_number: 1,
    model: OPENAI,
    labels: { good: true, bad: false },
  });
  await admin.put('/v1/datasets/canaries', {});
});
afterAll(() => stage.close());

async function run(text = CANARY): Promise<string> {
  const body = { prompt_name: 'say', variables: { text }, model: ECHO };
  return (await stage.admin.post<{ execution_id: string }>('/v1/executions:run', body)).body.execution_id;
}

it('takes the items, the explanations and the judgements of an execution with it', async () => {
  const { admin } = stage;
  executionId = await run();
  const added = await admin.post<Added>(`${ITEMS}:from-executions`, {
    execution_ids: [executionId],
    expected: 'response',
  });
  version = added.body.version;
  await admin.post('/v1/scores', {
    execution_id: executionId,
    scorer: 'kind',
    label: 'good',
    explanation: `I like ${CANARY}.`,
  });
  const verdicts = [`{"explanation":"It says ${CANARY}.","label":"good"}`, `No verdict on ${CANARY}.`];
  for (const text of verdicts) {
    stage.openai.behave({ kind: 'answer', text });
    const scored = await admin.post('/v1/scorers/judge:score', {
      execution_id: executionId,
      keep: true,
    });
    expect(scored.status).toBe(200);
  }
  const judgements = await admin.get<{ executions: { execution_id: string }[] }>(
    `/v1/executions?metadata[scored_execution_id]=${executionId}`,
  );
  expect(judgements.body.executions).toHaveLength(2);
  for (const { execution_id: id } of judgements.body.executions) await untilFinal(admin, id);
  expect(await findInDatabase(stage.owner, [CANARY])).not.toEqual([]);

  expect((await admin.delete(`/v1/executions/${executionId}/content`)).status).toBe(204);

  expect(await findInDatabase(stage.owner, [CANARY])).toEqual([]);
  const { body } = await admin.get<Page>(ITEMS);
  expect(body).toMatchObject({ version });
  expect(body.items).toMatchObject([
    {
      source_execution_id: executionId,
      variables: {},
      content_erased_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    },
  ]);
  const scores = await admin.get<{ scores: ApiBody[] }>(`/v1/scores?execution_id=${executionId}`);
  expect(scores.body.scores.map(({ explanation, passed }) => [explanation, passed])).toEqual([
    [null, true],
    [null, true],
  ]);
});

describe('a judgement that is under way', () => {
  const LATE_MS = 1_500;
  const says = (delayMs: number) =>
    stage.openai.behave({
      kind: 'answer',
      text: `{"explanation":"It says ${OTHER}.","label":"good"}`,
      delayMs,
    });
  const eraseContent = async (id: string) =>
    (await stage.admin.delete(`/v1/executions/${id}/content`)).status;
  /** Waits until the judge is called about this execution. @returns the id of the judgement. */
  async function untilAsked(id: string): Promise<string> {
    const asked = `SELECT j.execution_id AS id FROM judgements j JOIN executions_in_flight f USING (project_id, execution_id)
      WHERE j.scored_execution_id = $1 AND f.attempt_started_at IS NOT NULL`;
    await eventually(async () => (await stage.sql(asked, [id])).length === 1);
    return (await stage.sql<{ id: string }>(asked, [id]))[0]?.id ?? '';
  }
  /** Waits until the answer of the judge is recorded as a late result. */
  const untilLate = (id: string) =>
    eventually(async () => {
      const late = 'SELECT FROM execution_attempts WHERE execution_id = $1 AND late AND prompt_tokens > 0';
      return (await stage.sql(late, [id])).length === 1;
    });

  it('is canceled and leaves nothing, also of what its judge answers later', async () => {
    says(LATE_MS);
    const id = await run(OTHER);
    const scoring = stage.admin.post('/v1/scorers/judge:score', { execution_id: id, keep: true });
    const judgement = await untilAsked(id);
    expect(await eraseContent(id)).toBe(204);
    expect(await findInDatabase(stage.owner, [OTHER])).toEqual([]);
    const error = { type: 'no_answer', judge_execution_id: judgement };
    expect(await scoring).toMatchObject({ status: 200, body: { score: null, error } });
    await untilLate(judgement);
    expect(await findInDatabase(stage.owner, [OTHER])).toEqual([]);
    const { body } = await stage.admin.get(`/v1/executions/${judgement}`);
    expect(body).toMatchObject({ status: 'canceled', variables: null, response_text: null });
  });

  it('keeps no experiment from its end, and nothing of the cell is left', async () => {
    const { admin } = stage;
    says(LATE_MS);
    await putItems(admin, 'judged', [{ variables: { text: 'x' } }]);
    await putPrompt(admin, 'say-other', `${OTHER} {{text}}`);
    const { experiment_id: id } = await startExperiment(admin, {
      name: 'judged',
      dataset: { name: 'judged' },
      candidates: [{ label: 'a', prompt_name: 'say-other', model: ECHO }],
      scorers: [{ name: 'judge' }],
    });
    const cell =
      'SELECT execution_id AS id FROM experiment_cells WHERE experiment_id = $1 AND execution_id IS NOT NULL';
    await eventually(async () => (await stage.sql(cell, [id])).length === 1);
    const [{ id: answer } = { id: '' }] = await stage.sql<{ id: string }>(cell, [id]);
    const judgement = await untilAsked(answer);
    expect(await eraseContent(answer)).toBe(204);
    expect(await untilOver(admin, id)).toMatchObject({ status: 'completed', summary: [{ errors: 1, n: 0 }] });
    await untilLate(judgement);
    // The template belongs to the prompt, and stays.
    expect(await findInDatabase(stage.owner, [OTHER])).toEqual(['prompt_versions.template_source']);
  });

  it('is not asked for again under the key of one that was erased', async () => {
    const { admin } = stage;
    says(0);
    const id = await run('x');
    const score = (headers: Record<string, string>) =>
      admin.post<{ error: ApiBody; score: ApiBody }>(
        '/v1/scorers/judge:score',
        { execution_id: id },
        headers,
      );
    const key = { 'Idempotency-Key': 'a-judgement' };
    const first = await score(key);
    expect(await eraseContent(first.body.score['judge_execution_id'] as string)).toBe(204);
    const asked = stage.openai.requests.length;
    expect((await score(key)).body).toMatchObject({ score: null, error: { type: 'no_answer' } });
    expect(stage.openai.requests).toHaveLength(asked);
    expect((await score({})).body).toMatchObject({ error: null, score: { label: 'good' } });
    expect(await eraseContent(id)).toBe(204);
  });
});

it('erases nothing of a caller who says that it judges', async () => {
  const { admin } = stage;
  const id = await run('x');
  const metadata = { scorer: 'judge@1', scored_execution_id: id };
  const body = { prompt_name: 'say', variables: { text: 'mine' }, model: ECHO, metadata };
  const mine = (await admin.post<{ execution_id: string }>('/v1/executions:run', body)).body.execution_id;
  expect((await admin.delete(`/v1/executions/${id}/content`)).status).toBe(204);
  expect((await admin.get(`/v1/executions/${mine}`)).body).toMatchObject({ response_text: 'mine', metadata });
});

it('lets the same content come back when somebody sends it again', async () => {
  const item = { variables: { text: CANARY }, expected: CANARY };
  const again = await stage.admin.post<Added>(ITEMS, { items: [item], mode: 'replace' });
  expect(again).toMatchObject({ status: 200, body: { version } });
  const { items } = (await stage.admin.get<Page>(ITEMS)).body;
  expect(items).toMatchObject([item]);
  expect(items[0]).not.toHaveProperty('content_erased_at');
});

it('leaves equal content that came in another way', async () => {
  const { admin } = stage;
  await admin.put('/v1/datasets/mixed', {});
  const item = { variables: { text: CANARY }, expected: CANARY };
  await admin.post('/v1/datasets/mixed/items', { items: [item], mode: 'append' });
  const other = await run();
  await admin.post('/v1/datasets/mixed/items:from-executions', {
    execution_ids: [other],
    expected: 'response',
  });
  expect((await admin.delete(`/v1/executions/${other}/content`)).status).toBe(204);
  const { items } = (await admin.get<Page>('/v1/datasets/mixed/items')).body;
  expect(items).toMatchObject([{ ...item, source_execution_id: null }, item]);
});

it('has no answer to score afterwards, not even for a check that an empty answer would pass', async () => {
  const { admin } = stage;
  await admin.put('/v1/scorers/harmless', { kind: 'check', check: 'contains', value: 'bomb', negate: true });
  const erased = await run();
  expect((await admin.delete(`/v1/executions/${erased}/content`)).status).toBe(204);
  const scored = await admin.post('/v1/scorers/harmless:score', { execution_id: erased, keep: true });
  expect(scored).toMatchObject({ status: 200, body: { score: null, error: { type: 'no_answer' } } });
});

it('takes no text about what is gone, and takes with it what came all the same', async () => {
  const { admin, owner } = stage;
  const erased = await run();
  const post = (more: ApiBody) =>
    admin.post('/v1/scores', { execution_id: erased, scorer: 'kind', label: 'good', ...more });
  const path = `/v1/executions/${erased}/content`;
  expect((await admin.delete(path)).status).toBe(204);
  const text = 'late-words-about-it';
  expectProblem(await post({ explanation: text }), 410, 'CONTENT_ERASED');
  expect((await post({})).status).toBe(200);
  expect(await findInDatabase(owner, [text])).toEqual([]);
  await owner.query('UPDATE scores SET explanation = $1 WHERE execution_id = $2', [text, erased]);
  expect((await admin.delete(path)).status).toBe(204);
  expect(await findInDatabase(owner, [text])).toEqual([]);
});

it('takes the stored answer to a score with an explanation, and uses its key up', async () => {
  const { admin, owner } = stage;
  const scored = await run();
  const text = 'words-in-a-stored-answer';
  const post = (key: string, more: ApiBody) =>
    admin.post(
      '/v1/scores',
      { execution_id: scored, scorer: 'kind', label: 'good', ...more },
      { 'idempotency-key': key },
    );
  expect((await post('with-words', { explanation: text })).status).toBe(200);
  const silent = await post('without-words', {});
  expect((await admin.delete(`/v1/executions/${scored}/content`)).status).toBe(204);
  expect(await findInDatabase(owner, [text])).toEqual([]);
  const again = await post('with-words', { explanation: text });
  expectProblem(again, 410, 'CONTENT_ERASED');
  expect(again.body).toMatchObject({ execution_id: scored });
  // A label is a fact, so its stored answer stays.
  expect((await post('without-words', {})).body).toEqual(silent.body);
});
