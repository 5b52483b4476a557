import type { ApiBody } from '../../support/api-client.js';
import { BAD_REQUESTS } from './bad-requests.js';
import {
  ADMIN_KEY,
  ECHO,
  expectProblem,
  OPENAI,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  UNKNOWN_ID,
} from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello {{name}}');
  await stage.admin.put(promptPath('draft-only'), { template_source: 'Never active' });
  await putPrompt(stage.admin, 'many', '{{a}} {{b.c}} {{ d | default: "x" }} {% if e %}{{f}}{% endif %}');
  await putPrompt(stage.admin, 'chat', [{ role: 'user', content: 'Hi {{name}}' }]);
  await stage.sql(
    `INSERT INTO prompts (project_id, name, mode, kind)
     SELECT project_id, 'FROM_CODE', 'tracking', 'text' FROM projects WHERE name = 'default'`,
  );
});
afterAll(() => stage.close());

const run = { prompt_name: 'greeting', variables: { name: 'Ada' }, model: ECHO };
const GREETING = promptPath('greeting');

async function expectRefusal(
  [method, path, body]: readonly [method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown],
  status: number,
  code: string,
): Promise<ApiBody> {
  const { admin } = stage;
  const answer = await {
    GET: () => admin.get(path),
    PUT: () => admin.put(path, body),
    POST: () => admin.post(path, body),
    DELETE: () => admin.delete(path),
  }[method]();
  expectProblem(answer, status, code);
  expect(answer.body['instance']).toBe(path.split('?')[0]);
  // The answer contains no stack, SQL, key or file of the service.
  expect(JSON.stringify(answer.body)).not.toMatch(/\bat .+:\d+|select |insert |node_modules|\.js\b|dist\//i);
  expect(JSON.stringify(answer.body)).not.toContain(ADMIN_KEY);
  return answer.body;
}

describe('400 VALIDATION_FAILED', () => {
  it.each(BAD_REQUESTS)('answers %s', async (_what, method, path, body, pointers) => {
    const problem = await expectRefusal([method, path, body], 400, 'VALIDATION_FAILED');
    const errors = problem['errors'] as { pointer: string; message: string }[];
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([...pointers].sort());
    expect(errors.every(({ message }) => message !== '')).toBe(true);
  });

  it.each(['run', 'submit'])('answers an Idempotency-Key on :%s that is too long', async (verb) => {
    const [before] = await stage.sql('SELECT count(*) FROM executions_all');
    const answer = await stage.admin.post(`/v1/executions:${verb}`, run, {
      'idempotency-key': 'k'.repeat(256),
    });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(await stage.sql('SELECT count(*) FROM executions_all')).toEqual([before]);
  });
});

describe('400 PROMPT_MODE_MISMATCH', () => {
  it.each([
    ['PUT', promptPath('FROM_CODE'), { template_source: 'x' }],
    ['POST', `${promptPath('FROM_CODE')}/versions/1:activate`, undefined],
  ] as const)('answers %s %s', async (method, path, body) => {
    const problem = await expectRefusal([method, path, body], 400, 'PROMPT_MODE_MISMATCH');
    expect(problem['detail']).toContain('is in tracking mode');
    expect(problem['detail']).toContain('Use code-based endpoints instead');
  });
});

describe('404', () => {
  it.each([
    ['PROMPT_NOT_FOUND', 'GET', promptPath('nobody'), undefined],
    ['PROMPT_NOT_FOUND', 'GET', `${promptPath('nobody')}/versions`, undefined],
    ['PROMPT_NOT_FOUND', 'GET', `${promptPath('nobody')}/versions/1`, undefined],
    ['PROMPT_NOT_FOUND', 'POST', `${promptPath('nobody')}/versions/1:activate`, undefined],
    ['PROMPT_NOT_FOUND', 'POST', `${promptPath('nobody')}:render`, { variables: {} }],
    ['PROMPT_NOT_FOUND', 'DELETE', promptPath('nobody'), undefined],
    ['PROMPT_NOT_FOUND', 'POST', '/v1/executions:run', { ...run, prompt_name: 'nobody' }],
    ['PROMPT_NOT_FOUND', 'POST', '/v1/executions:submit', { ...run, prompt_name: 'nobody' }],
    ['VERSION_NOT_FOUND', 'GET', `${GREETING}/versions/9`, undefined],
    ['VERSION_NOT_FOUND', 'GET', `/v1/versions/${UNKNOWN_ID}`, undefined],
    ['VERSION_NOT_FOUND', 'POST', `${GREETING}/versions/9:activate`, undefined],
    ['VERSION_NOT_FOUND', 'POST', `${GREETING}:render`, { variables: { name: 'x' }, version_number: 9 }],
    ['VERSION_NOT_FOUND', 'POST', '/v1/executions:run', { ...run, version_number: 9 }],
    ['EXECUTION_NOT_FOUND', 'GET', `/v1/executions/${UNKNOWN_ID}`, undefined],
    ['KEY_NOT_FOUND', 'DELETE', `/v1/keys/${UNKNOWN_ID}`, undefined],
    [
      'MODEL_NOT_FOUND',
      'POST',
      '/v1/executions:run',
      { ...run, model: { provider: 'echo', model_name: 'parrot' } },
    ],
    [
      'MODEL_NOT_FOUND',
      'POST',
      '/v1/executions:submit',
      { ...run, model: { provider: 'echo', model_name: 'parrot' } },
    ],
    ['ROUTE_NOT_FOUND', 'GET', '/v1/nothing', undefined],
    ['ROUTE_NOT_FOUND', 'GET', '/v1/prompts/a/b', undefined],
    ['ROUTE_NOT_FOUND', 'GET', '/', undefined],
  ] as const)('%s answers %s %s', async (code, method, path, body) => {
    const problem = await expectRefusal([method, path, body], 404, code);
    expect(problem['detail']).toContain('not found');
  });

  it('MODEL_NOT_FOUND says how to allow the model', async () => {
    const model = { provider: 'echo', model_name: 'parrot' };
    const problem = await expectRefusal(
      ['POST', '/v1/executions:run', { ...run, model }],
      404,
      'MODEL_NOT_FOUND',
    );
    expect(problem['detail']).toContain('PUT /v1/models/');
  });
});

describe('409 NO_ACTIVE_VERSION', () => {
  it.each([
    [`${promptPath('draft-only')}:render`, { variables: {} }],
    ['/v1/executions:run', { ...run, prompt_name: 'draft-only' }],
    ['/v1/executions:submit', { ...run, prompt_name: 'draft-only' }],
  ])('answers %s when none is active and none is asked for', async (path, body) => {
    await expectRefusal(['POST', path, body], 409, 'NO_ACTIVE_VERSION');
    const asked = await stage.admin.post(path, { ...body, version_number: 1 });
    expect([200, 202]).toContain(asked.status);
  });
});

describe('422 TEMPLATE_VARIABLES_MISSING', () => {
  it.each([`${promptPath('many')}:render`, '/v1/executions:run', '/v1/executions:submit'])(
    'of %s lists every absent variable but those that need not be there',
    async (path) => {
      const body = path.startsWith('/v1/executions') ? { prompt_name: 'many', model: ECHO } : {};
      const problem = await expectRefusal(
        ['POST', path, { ...body, variables: { extra: 1 } }],
        422,
        'TEMPLATE_VARIABLES_MISSING',
      );
      const pointers = (problem['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
      expect(pointers.filter((pointer) => /^\/variables\/[ab]\b/.test(pointer))).toHaveLength(2);
      expect(pointers.join(' ')).not.toMatch(/\/variables\/(d|e|extra)\b/);
    },
  );

  it('is not the answer when there are more variables than needed', async () => {
    const variables = { name: 'Ada', extra: { deep: [1] } };
    const answer = await stage.admin.post(`${GREETING}:render`, { variables });
    expect(answer).toMatchObject({ status: 200, body: { rendered_prompt: 'Hello Ada' } });
  });
});

describe('422 TEMPLATE_INVALID', () => {
  it.each([
    ['an output that is not closed', 'one\ntwo {{ name', 2, 5],
    ['a block that is not closed', '{% if name %}x', 1, 1],
    ['an unknown tag', 'a\n\n{% launch %}', 3, 1],
    ['an unknown filter', '{{ name | launch }}', 1, 11],
    ['include', '{% include "x" %}', 1, 1],
    ['render of what is no snippet', '{% render "x" %}', 1, 11],
    ['layout', '{% layout "x" %}', 1, 1],
  ])('answers %s, with line and column', async (_what, template_source, line, column) => {
    const problem = await expectRefusal(['PUT', GREETING, { template_source }], 422, 'TEMPLATE_INVALID');
    expect(problem).toMatchObject({ line, column });
    expect(problem['detail']).toContain(`line ${line}, column ${column}`);
    expect(problem['errors']).toMatchObject([{ pointer: '/template_source' }]);
  });

  it('names the message of a chat prompt', async () => {
    const messages = [
      { role: 'system', content: 'fine' },
      { role: 'user', content: '{{ x' },
    ];
    const problem = await expectRefusal(['PUT', promptPath('chat'), { messages }], 422, 'TEMPLATE_INVALID');
    expect(problem['errors']).toMatchObject([{ pointer: '/messages/1/content' }]);
  });

  it.each(['{{ "now" | date: "%s" }}', '{{ list | sample }}'])(
    'answers what differs from run to run: %s',
    async (template_source) => {
      await expectRefusal(['PUT', GREETING, { template_source }], 422, 'TEMPLATE_INVALID');
    },
  );
});

describe('413', () => {
  it.each(['run', 'submit'])('RENDERED_PROMPT_TOO_LARGE answers :%s, and nothing is sent', async (verb) => {
    const sent = stage.openai.requests.length;
    const [before] = await stage.sql('SELECT count(*) FROM executions_all');
    const body = { ...run, model: OPENAI, variables: { name: 'x'.repeat(200 * 1024) } };
    await expectRefusal(['POST', `/v1/executions:${verb}`, body], 413, 'RENDERED_PROMPT_TOO_LARGE');
    expect(stage.openai.requests).toHaveLength(sent);
    expect(await stage.sql('SELECT count(*) FROM executions_all')).toEqual([before]);
  });

  it('does not answer a prompt that is just as large as may be', async () => {
    const variables = { name: 'x'.repeat(200 * 1024 - 'Hello '.length) };
    expect(await stage.admin.post('/v1/executions:run', { ...run, variables })).toMatchObject({
      status: 200,
    });
  });

  it('BODY_TOO_LARGE answers a body of 1 MiB and a byte, and not one of 1 MiB', async () => {
    const exact = JSON.stringify({ template_source: 'x' }).padEnd(1024 ** 2);
    expect(await stage.admin.put(promptPath('padded'), exact)).toMatchObject({ status: 200 });
    await expectRefusal(['PUT', promptPath('padded'), `${exact} `], 413, 'BODY_TOO_LARGE');
  });
});
