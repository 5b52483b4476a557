import type { ApiBody } from '../support/api-client.js';
import { findInDatabase } from '../support/find-in-database.js';
import { ECHO, OPENAI, putPrompt, type Stage, startStage, untilFinal } from './stage.js';

const CANARY = 'canary-of-evaluation-4711';
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

async function run(): Promise<string> {
  const body = { prompt_name: 'say', variables: { text: CANARY }, model: ECHO };
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
