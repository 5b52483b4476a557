import { EventStreamClient } from '../../support/event-stream-client.js';
import type { ApiBody } from '../../support/api-client.js';
import { record } from '../recording/record-entries.js';
import {
  ADMIN_KEY,
  ECHO,
  getExecution,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const RUN = '/v1/executions:run';
const BODY = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: ECHO };

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  await stage.admin.post('/v1/prompts/register-code', {
    prompts: [{ name: 'IN_CODE', template_source: 'Hi {{name}}' }],
  });
});
afterAll(() => stage.close());

const idOf = (body: ApiBody) => String(body['execution_id']);

/** @param query the parameters, which `fetch` would send */
async function idsWith(query: Record<string, string>): Promise<string[]> {
  const { status, body } = await stage.admin.get(`/v1/executions?${new URLSearchParams(query).toString()}`);
  expect(status).toBe(200);
  return (body['executions'] as ApiBody[]).map(idOf);
}

/** Each way to execute, returning the id of the execution. */
const WAYS: Record<string, (metadata: ApiBody) => Promise<string>> = {
  ':run': async (metadata) => idOf((await stage.admin.post(RUN, { ...BODY, metadata })).body),
  ':submit': (metadata) => submit(stage.admin, { ...BODY, metadata }),
  ':stream': async (metadata) => {
    const stream = await EventStreamClient.open(
      stage.ledger.url,
      { ...BODY, metadata },
      { apiKey: ADMIN_KEY },
    );
    return idOf((await stream.until('done')).data);
  },
  ':submit-batch': async (metadata) => {
    const { variables, ...shared } = BODY;
    const entries = [{ variables, metadata }];
    const answer = await stage.admin.post('/v1/executions:submit-batch', { ...shared, entries });
    return (answer.body['execution_ids'] as string[])[0] ?? '';
  },
  ':record': async (metadata) => {
    const entry = { ...BODY, metadata, status: 'succeeded', response_text: 'Hi', started_at: new Date() };
    return (await record(stage, entry)).recorded[0]?.execution_id ?? '';
  },
  execute: async (metadata) => {
    const body = { variables: BODY.variables, model: ECHO, metadata };
    return idOf((await stage.admin.post('/v1/prompts/IN_CODE/execute', body)).body);
  },
};

describe.each(Object.entries(WAYS))('the metadata of %s', (way, execute) => {
  it('is there in the execution and in lists, and finds it', async () => {
    const metadata = { way, 'user.id': 'ü "4711" & more', 'a[0]': '' };
    const id = await execute(metadata);
    expect(await untilFinal(stage.admin, id)).toMatchObject({ status: 'succeeded', metadata });
    for (const [key, value] of Object.entries(metadata)) {
      expect(await idsWith({ 'metadata[way]': way, [`metadata[${key}]`]: value })).toEqual([id]);
    }
    expect(await idsWith({ 'metadata[way]': way, 'metadata[a[0]]': 'x' })).toEqual([]);
    const listed = await stage.admin.get(`/v1/executions?metadata[way]=${encodeURIComponent(way)}`);
    expect(listed.body['executions']).toMatchObject([{ execution_id: id, metadata }]);
  });
});

describe('the answer of a run', () => {
  it('has the metadata, and no member for it when there is none, as lists and the execution', async () => {
    const metadata = { user: 'u-1' };
    expect((await stage.admin.post(RUN, { ...BODY, metadata })).body).toMatchObject({ metadata });
    for (const none of [{}, { metadata: null }, { metadata: {} }]) {
      const { body } = await stage.admin.post(RUN, { ...BODY, ...none });
      const listed = await stage.admin.get('/v1/executions?limit=1');
      const shown = [
        body,
        ...(listed.body['executions'] as ApiBody[]),
        await getExecution(stage.admin, idOf(body)),
      ];
      expect(shown.map(idOf)).toEqual(shown.map(() => idOf(body)));
      for (const execution of shown) expect(Object.keys(execution)).not.toContain('metadata');
    }
  });

  it('is another request under its key when only the metadata differs', async () => {
    const headers = { 'Idempotency-Key': 'with-metadata' };
    const first = await stage.admin.post(RUN, { ...BODY, metadata: { user: 'a' } }, headers);
    const again = await stage.admin.post(RUN, { ...BODY, metadata: { user: 'a' } }, headers);
    expect(again.body).toEqual(first.body);
    const other = await stage.admin.post(RUN, { ...BODY, metadata: { user: 'b' } }, headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('is taken from the cache whatever the metadata, and has its own', async () => {
    const cached = { ...BODY, variables: { name: 'cached' }, cache: { ttl_s: 60 } };
    await stage.admin.post(RUN, { ...cached, metadata: { user: 'a' } });
    const { body } = await stage.admin.post(RUN, { ...cached, metadata: { user: 'b' } });
    expect(body).toMatchObject({ cache_hit: true, metadata: { user: 'b' } });
    expect(await getExecution(stage.admin, idOf(body))).toMatchObject({ metadata: { user: 'b' } });
  });
});

describe('metadata that is not as it should be', () => {
  it.each([
    [RUN, { ...BODY, metadata: { n: 1 } }, '/metadata'],
    ['/v1/executions:submit', { ...BODY, metadata: 'x' }, '/metadata'],
    [
      '/v1/executions:submit-batch',
      { prompt_name: 'greeting', model: ECHO, entries: [{}, { metadata: { '': 'x' } }] },
      '/entries/1/metadata',
    ],
    ['/v1/prompts/IN_CODE/execute', { metadata: ['x'] }, '/metadata'],
  ])('is refused by %s', async (path, body, pointer) => {
    const answer = await stage.admin.post(path, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED', errors: [{ pointer }] } });
  });

  it.each(['metadata=x', 'metadata[a]=1&metadata[a]=2', 'metadata[a]=%00', 'metadata.a=x'])(
    'is refused in a query: %s',
    async (query) => {
      const answer = await stage.admin.get(`/v1/executions?${query}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    },
  );
});
