import { randomUUID } from 'node:crypto';
import type { ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import {
  ECHO,
  getExecution,
  OPENAI,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const SCHEMA = {
  type: 'object',
  properties: { order: { type: 'object', properties: { id: { type: 'integer' } } } },
  required: ['order'],
  additionalProperties: false,
};
const FORMAT = { type: 'json_schema', json_schema: { name: 'order', schema: SCHEMA } };

let stage: Stage;
let environment: string;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'extract', '{{text}}', { response_format: FORMAT });
  await putPrompt(stage.admin, 'plain', '{{text}}');
});
afterAll(() => stage.close());
beforeEach(() => (environment = `e-${randomUUID()}`));

const recorded = (text: string | null, more: ApiBody = {}) => ({
  prompt_name: 'extract',
  variables: { text: 'x' },
  model: OPENAI,
  environment,
  status: 'succeeded',
  response_text: text,
  started_at: '2026-01-31T12:00:00.000Z',
  ...more,
});

async function record(text: string | null, more: ApiBody = {}): Promise<ApiBody> {
  const answer = await stage.admin.post<{ recorded: { execution_id: string }[] }>('/v1/executions:record', {
    executions: [recorded(text, more)],
  });
  expect(answer).toMatchObject({ status: 200, body: { rejected: [] } });
  return getExecution(stage.admin, answer.body.recorded[0]?.execution_id ?? '');
}

async function listIds(query: string): Promise<string[]> {
  const { body } = await stage.admin.get<{ executions: { execution_id: string }[] }>(
    `/v1/executions?environment=${environment}&${query}`,
  );
  return body.executions.map(({ execution_id: id }) => id);
}

it.each<[string, string, ApiBody, boolean, string | null]>([
  ['fits', '{"order":{"id":7}}', {}, true, null],
  ['breaks its schema', '{"order":{"id":"7"}}', {}, false, '/order/id'],
  ['is cut', '{"order":{"id"', { finish_reason: 'length' }, false, ''],
  ['refuses', 'I cannot help with that.', { finish_reason: 'content_filter' }, false, ''],
  ['is no JSON', 'order 7', {}, false, ''],
])(
  'an answer that %s gets its verdict, and never fails the execution',
  async (_, text, more, valid, pointer) => {
    const execution = await record(text, more);
    expect(execution).toMatchObject({
      status: 'succeeded',
      output_valid: valid,
      output_error: pointer === null ? null : { pointer, message: expect.stringMatching(/\w/) as string },
    });
  },
);

it('is null without a schema, without an answer, and for calls of tools', async () => {
  expect(await record('{}', { prompt_name: 'plain' })).toMatchObject({
    output_valid: null,
    output_error: null,
  });
  expect(await record(null, { status: 'failed', error_type: 'timeout' })).toMatchObject({
    output_valid: null,
  });
  const called = await record(null, { tool_calls: [{ id: 'c', name: 'find', arguments: '{}' }] });
  expect(called).toMatchObject({ status: 'succeeded', output_valid: null });
});

it('filters lists', async () => {
  const good = await record('{"order":{}}');
  const bad = await record('{}');
  await record('{}', { prompt_name: 'plain' });
  expect(await listIds('output_valid=false')).toEqual([bad['execution_id']]);
  expect(await listIds('output_valid=true')).toEqual([good['execution_id']]);
  expect(await listIds('output_valid=false&status=queued')).toEqual([]);
  expect((await stage.admin.get('/v1/executions?output_valid=no')).status).toBe(400);
});

it('is told of runs, of what was queued, and of streams, and is counted', async () => {
  const body = { prompt_name: 'extract', variables: { text: 'no JSON' }, model: ECHO, environment };
  const run = await stage.admin.post('/v1/executions:run', body);
  // The echo answers JSON on request, but knows no schema.
  expect(run).toMatchObject({ status: 200, body: { status: 'succeeded', output_valid: false } });
  const plain = await stage.admin.post('/v1/executions:run', { ...body, prompt_name: 'plain' });
  expect(plain.body).not.toHaveProperty('output_valid');
  const queued = await untilFinal(stage.admin, await submit(stage.admin, body));
  expect(queued).toMatchObject({
    status: 'succeeded',
    output_valid: false,
    output_error: run.body['output_error'],
  });
  const inline = await stage.admin.post('/openai/v1/chat/completions', {
    model: 'echo/echo',
    messages: [{ role: 'user', content: 'hello' }],
    response_format: FORMAT,
  });
  expect(inline.status).toBe(200);
  await eventually(async () => {
    const { body: listed } = await stage.admin.get<{ executions: ApiBody[] }>(
      '/v1/executions?output_valid=false&limit=1',
    );
    return listed.executions[0]?.['prompt_name'] === null;
  });
});

it('warns at PUT of what vendors will refuse', async () => {
  const put = await stage.admin.put('/v1/prompts/warned', { template_source: 'x', response_format: FORMAT });
  expect(put.body).toMatchObject({
    warnings: [
      { pointer: '/response_format/json_schema/schema/properties/order', vendors: ['openai', 'anthropic'] },
      { pointer: '/response_format/json_schema/schema/properties/order/properties/id', vendors: ['openai'] },
    ],
  });
  const plain = await stage.admin.put('/v1/prompts/unwarned', { template_source: 'x' });
  expect(plain.body).toMatchObject({ warnings: [] });
});
