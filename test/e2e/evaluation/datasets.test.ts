import { randomUUID } from 'node:crypto';
import { type ApiBody, type ApiClient } from '../../support/api-client.js';
import { clientWith } from '../other-project.js';
import { ECHO, expectProblem, putPrompt, type Stage, startStage, UNKNOWN_ID } from '../stage.js';

interface Added extends ApiBody {
  readonly version: string;
  readonly item_count: number;
  readonly added: number;
}

interface ItemPage extends ApiBody {
  readonly version: string;
  readonly items: readonly (ApiBody & { readonly item_id: string })[];
  readonly next_cursor: string | null;
}

let stage: Stage;
let name: string;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'shout', 'Shout {{text}}');
});
afterAll(() => stage.close());
beforeEach(async () => {
  name = `d/${randomUUID()}`;
  expect((await stage.admin.put(pathOf(), {})).status).toBe(200);
});

const pathOf = (rest = '') => `/v1/datasets/${encodeURIComponent(name)}${rest}`;

async function add(body: ApiBody, client: ApiClient = stage.admin): Promise<Added> {
  const answer = await client.post<Added>(pathOf('/items'), body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}

async function run(text: string, more: ApiBody = {}): Promise<string> {
  const body = { prompt_name: 'shout', variables: { text }, model: ECHO, ...more };
  const answer = await stage.admin.post<{ execution_id: string }>('/v1/executions:run', body);
  expect(answer.status).toBe(200);
  return answer.body.execution_id;
}

describe('a dataset over HTTP', () => {
  it('is made, filled, read by version and deleted', async () => {
    const schema = { type: 'object', properties: { x: { type: 'string' } } };
    const put = await stage.admin.put(pathOf(), { description: 'first', variables_schema: schema });
    expect(put.body).toMatchObject({
      name,
      description: 'first',
      variables_schema: schema,
      version: null,
      item_count: 0,
    });
    const first = await add({ items: [{ variables: { x: '1' } }] });
    expect(first.version).toBe('210ee069290521ee51238357407136f6c83b41f4b92d06c78386d6147f4fd177');
    const second = await add({
      items: [{ external_id: 'a', variables: {}, expected: null }],
      mode: 'replace',
    });
    expect((await stage.admin.get(pathOf())).body).toMatchObject({ version: second.version, item_count: 1 });
    expect((await stage.admin.get('/v1/datasets')).body).toMatchObject({ datasets: [{ name }] });
    expect(
      (await stage.admin.get<ItemPage>(pathOf(`/items?version=${first.version}`))).body.items,
    ).toMatchObject([{ variables: { x: '1' } }]);
    expect((await stage.admin.get<ItemPage>(pathOf('/items'))).body.items).toMatchObject([
      { external_id: 'a', expected: null },
    ]);
    expect((await stage.admin.delete(pathOf())).status).toBe(204);
    expectProblem(await stage.admin.get(pathOf('/items')), 404, 'DATASET_NOT_FOUND');
  });

  it('takes a body of many items that is larger than those of other routes', async () => {
    const items = Array.from({ length: 3000 }, (_, nth) => ({ variables: { nth, text: 'x'.repeat(1000) } }));
    expect(await add({ items })).toMatchObject({ item_count: 3000, added: 3000 });
  });

  it.each<[string, ApiBody, number, string]>([
    ['no items', {}, 400, '/items'],
    ['items that are no list', { items: {} }, 400, '/items'],
    ['an unknown mode', { items: [], mode: 'merge' }, 400, '/mode'],
    ['an unknown member', { items: [], more: 1 }, 400, '/more'],
    ['items beside an upload', { items: [], upload_id: UNKNOWN_ID, parts: 1 }, 400, '/items'],
    ['an upload without its size', { upload_id: UNKNOWN_ID }, 400, '/parts'],
    ['parts without an upload', { items: [], parts: 1 }, 400, '/parts'],
    [
      'an id twice',
      {
        items: [
          { variables: {}, external_id: 'a' },
          { variables: {}, external_id: 'a' },
        ],
      },
      400,
      '/items/1/external_id',
    ],
  ])('refuses %s', async (_, body, status, pointer) => {
    const answer = await stage.admin.post(pathOf('/items'), body);
    expectProblem(answer, status, 'VALIDATION_FAILED');
    expect(answer.body).toMatchObject({ errors: [{ pointer }] });
  });

  it('is not found by its items before it is made', async () => {
    const answer = await stage.admin.post('/v1/datasets/nowhere/items', { items: [{ variables: {} }] });
    expectProblem(answer, 404, 'DATASET_NOT_FOUND');
  });

  it('shows its items only to who may read contents', async () => {
    await add({ items: [{ variables: { secret: 'x' } }] });
    const lists = await clientWith(stage, ['executions:list']);
    expect((await lists.get(pathOf())).status).toBe(200);
    expect((await lists.get(pathOf('/versions'))).status).toBe(200);
    expectProblem(await lists.get(pathOf('/items')), 403, 'FORBIDDEN');
    const writes = await clientWith(stage, ['evaluations:write']);
    expectProblem(await writes.post(pathOf('/items:from-executions'), { filter: {} }), 403, 'FORBIDDEN');
  });
});

describe('items from executions', () => {
  const from = (body: ApiBody) => stage.admin.post<Added>(pathOf('/items:from-executions'), body);

  it('have the variables as they were sent, the answer if it is asked for, and say where they are from', async () => {
    const id = await run('it', { variables: { text: 'it', '10': 1 } });
    const answer = await from({ execution_ids: [id], expected: 'response' });
    expect(answer).toMatchObject({ status: 200, body: { added: 1, skipped: 0 } });
    const { items } = (await stage.admin.get<ItemPage>(pathOf('/items'))).body;
    expect(items).toMatchObject([
      { source_execution_id: id, variables: { text: 'it' }, expected: 'Shout it' },
    ]);
  });

  it('stand for the execution: another time they are the same, or change it', async () => {
    const id = await run('again');
    const first = (await from({ execution_ids: [id, id] })).body;
    expect(first).toMatchObject({ added: 1, changed: 0 });
    expect((await from({ execution_ids: [id] })).body).toMatchObject({
      version: first.version,
      added: 0,
      changed: 0,
    });
    expect((await from({ execution_ids: [id], expected: 'response' })).body).toMatchObject({
      added: 0,
      changed: 1,
    });
  });

  it('are found by a filter, which passes over what has no answer', async () => {
    const environment = `e-${randomUUID()}`;
    await run('one', { environment });
    await run('two', { environment });
    const refused = await stage.admin.post<{ execution_id: string }>('/v1/executions:run', {
      prompt_name: 'shout',
      variables: { text: 'three' },
      model: 'echo/echo-fail-500',
      environment,
      timeout_ms: 1000,
    });
    const failed = refused.body.execution_id;
    expect((await from({ filter: { environment }, expected: 'response' })).body).toMatchObject({ added: 2 });
    expect(
      (await from({ filter: { environment, status: 'failed' }, expected: 'response' })).body,
    ).toMatchObject({
      added: 0,
      skipped: 1,
    });
    expect((await from({ filter: { environment } })).body).toMatchObject({ added: 1, changed: 2 });
    expect((await from({ filter: { environment }, limit: 1 })).body).toMatchObject({ added: 0 });
    expectProblem(await from({ execution_ids: [failed], expected: 'response' }), 400, 'VALIDATION_FAILED');
  });

  it.each<[string, ApiBody, number, string]>([
    ['neither', {}, 400, 'VALIDATION_FAILED'],
    ['both', { execution_ids: [UNKNOWN_ID], filter: {} }, 400, 'VALIDATION_FAILED'],
    ['an unknown execution', { execution_ids: [UNKNOWN_ID] }, 404, 'EXECUTION_NOT_FOUND'],
    ['another expectation', { filter: {}, expected: 'answer' }, 400, 'VALIDATION_FAILED'],
    ['an unknown filter', { filter: { colour: 'red' } }, 400, 'VALIDATION_FAILED'],
    ['no id', { execution_ids: ['x'] }, 400, 'VALIDATION_FAILED'],
  ])('are refused for %s', async (_, body, status, code) => {
    expectProblem(await from(body), status, code);
  });
});
