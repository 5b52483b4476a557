import { PromptLedger } from '../../../sdk/src/index.js';
import type { ApiBody, ApiResponse } from '../../support/api-client.js';
import {
  ADMIN_KEY,
  ECHO,
  expectProblem,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: 'echo/echo' });
});
afterAll(() => stage.close());

const SCHEMA = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    seats: { type: 'integer', maximum: 9007199254740992 },
  },
  required: ['name'],
};
const TEMPLATE = 'Invite {{name}} to {{seats}} seats';
const GOOD = { name: 'Ada', seats: 2 };
const BAD = { name: '', seats: 1.5 };

interface Problem extends ApiBody {
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
}

const faultsOf = (answer: ApiResponse<unknown>, prefix = '/variables') => {
  expectProblem(answer, 422, 'VARIABLES_INVALID');
  return (answer.body as Problem).errors.map(({ pointer }) => pointer.replace(prefix, ''));
};

const put = (name: string, variables_schema: unknown, more: ApiBody = {}) =>
  stage.admin.put(promptPath(name), { template_source: TEMPLATE, variables_schema, ...more });

describe('a schema of the variables', () => {
  it('is a part of the content: checksum, versions, answers and diff have it', async () => {
    const plain = await putPrompt(stage.admin, 'content', TEMPLATE);
    const first = await putPrompt(stage.admin, 'content', TEMPLATE, { variables_schema: SCHEMA });
    const again = await putPrompt(stage.admin, 'content', TEMPLATE, { variables_schema: SCHEMA });
    const other = await putPrompt(stage.admin, 'content', TEMPLATE, { variables_schema: {} });
    const none = await putPrompt(stage.admin, 'content', TEMPLATE, { variables_schema: null });
    const numbers = [plain, first, again, other, none].map(({ version }) => version.version_number);
    expect(numbers).toEqual([1, 2, 2, 3, 1]);
    expect((await stage.admin.get(`${promptPath('content')}/versions/2`)).body).toMatchObject({
      template_source: TEMPLATE,
      variables_schema: SCHEMA,
      variables: ['name', 'seats'],
      renderer: 'liquid-1',
    });
    const diff = await stage.admin.get<{ unified: string }>(`${promptPath('content')}/diff?from=1&to=2`);
    expect(diff.body.unified).toContain('+[variables_schema]');
    const chat = [{ role: 'user', content: TEMPLATE }];
    await putPrompt(stage.admin, 'chat', chat, { variables_schema: SCHEMA });
    expect(faultsOf(await stage.admin.post(`${promptPath('chat')}:render`, { variables: BAD }))).toHaveLength(
      2,
    );
  });

  it('is asked by every API that runs or renders', async () => {
    await putPrompt(stage.admin, 'invite', TEMPLATE, { variables_schema: SCHEMA });
    const run = { prompt_name: 'invite', model: ECHO };
    for (const route of ['executions:run', 'executions:submit', 'executions:stream']) {
      const answer = await stage.admin.post(`/v1/${route}`, { ...run, variables: BAD });
      expect(faultsOf(answer)).toEqual(['/name', '/seats']);
      expect(faultsOf(await stage.admin.post(`/v1/${route}`, run))).toEqual(['/name']);
    }
    const rendered = await stage.admin.post(`${promptPath('invite')}:render`, { variables: BAD });
    expect(faultsOf(rendered)).toEqual(['/name', '/seats']);
    const entries = [{ variables: GOOD }, { variables: BAD }, { variables: GOOD }];
    const batch = await stage.admin.post('/v1/executions:submit-batch', { ...run, entries });
    expect(faultsOf(batch, '')).toEqual(['/entries/1/variables/name', '/entries/1/variables/seats']);
    const [{ count }] = (await stage.sql('SELECT count(*)::int AS count FROM execution_inputs')) as [
      { count: number },
    ];
    expect(count).toBe(0);
    expect(await stage.admin.post('/v1/executions:run', { ...run, variables: GOOD })).toMatchObject({
      status: 200,
      body: { status: 'succeeded' },
    });
    expect(
      await untilFinal(stage.admin, await submit(stage.admin, { ...run, variables: GOOD })),
    ).toMatchObject({
      status: 'succeeded',
    });
  });

  it('is asked by the OpenAI-compatible API, which answers in its own form', async () => {
    await putPrompt(stage.admin, 'door', TEMPLATE, { variables_schema: SCHEMA });
    const answer = await stage.admin.post('/openai/v1/chat/completions', {
      model: 'prompt/door',
      prompt_model: 'echo/echo',
      prompt_variables: BAD,
      messages: [],
    });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        error: {
          type: 'invalid_request_error',
          ledger_code: 'VARIABLES_INVALID',
          param: 'prompt_variables.name',
        },
      },
    });
  });

  it('may be registered with a prompt in code, and is asked when that is executed', async () => {
    const prompt = { name: 'IN_CODE', template_source: TEMPLATE, variables_schema: SCHEMA };
    const register = (more: ApiBody = {}) =>
      stage.admin.post('/v1/prompts/register-code', { prompts: [{ ...prompt, ...more }] });
    expect((await register()).body).toMatchObject({ registered: [{ version: 1 }] });
    expect((await register({ variables_schema: null })).body).toMatchObject({ registered: [{ version: 2 }] });
    expect((await register()).body).toMatchObject({ registered: [{ version: 1, change_detected: true }] });
    const execute = (variables: ApiBody) =>
      stage.admin.post(`${promptPath('IN_CODE')}/execute`, { variables, mode: 'sync', ...ECHO });
    expect(faultsOf(await execute(BAD))).toEqual(['/name', '/seats']);
    expect((await execute(GOOD)).status).toBe(200);
    const refused = await register({ variables_schema: { type: 1 } });
    expectProblem(refused, 400, 'VALIDATION_FAILED');
    expect((refused.body as Problem).errors[0]?.pointer).toBe('/prompts/0/variables_schema/type');
  });

  it('meets numbers as they were written, on both paths of the server', async () => {
    await putPrompt(stage.admin, 'numbers', TEMPLATE, { variables_schema: SCHEMA });
    const send = async (seats: string, query = '') => {
      const response = await fetch(`${stage.ledger.url}/v1/executions:run${query}`, {
        method: 'POST',
        headers: { 'X-API-Key': ADMIN_KEY, 'Content-Type': 'application/json' },
        body: `{"prompt_name":"numbers","variables":{"name":"x","seats":${seats}}}`,
      });
      return response.status;
    };
    // An empty query takes the slow path.
    for (const query of ['', '?']) {
      expect(await send('9007199254740993', query)).toBe(422);
      expect(await send('9007199254740992', query)).toBe(200);
      expect(await send('2.0', query)).toBe(200);
    }
  });

  it('is shown by the client, which renders without it and keeps it from providers', async () => {
    const { version } = await putPrompt(stage.admin, 'client', TEMPLATE, { variables_schema: SCHEMA });
    const ledger = new PromptLedger({ baseUrl: stage.ledger.url, apiKey: ADMIN_KEY });
    const prompt = await ledger.getPrompt('client');
    expect(prompt).toMatchObject({
      variablesSchema: SCHEMA,
      extras: {},
      checksum_hash: version.checksum_hash,
    });
    expect(prompt.compile({ name: '', seats: 1 })).toBe('Invite  to 1 seats');
  });

  it('of a version that is not valid is a clear refusal', async () => {
    const answer = await put('refused', { properties: { a: { $ref: 'https://example.com' } } });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect((answer.body as Problem).errors).toEqual([
      {
        pointer: '/variables_schema/properties/a/$ref',
        message: 'must begin with "#": only schemas inside of this one can be referred to',
      },
    ]);
    for (const schema of ['text', 1, [], true]) {
      expectProblem(await put('refused', schema), 400, 'VALIDATION_FAILED');
    }
  });
});
