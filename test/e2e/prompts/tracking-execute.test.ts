import { createHash } from 'node:crypto';
import { api, type ApiBody, type ApiClient } from '../../support/api-client.js';
import { startLedger } from '../../support/servers/processes.js';
import { clientWith, otherProject } from '../other-project.js';
import {
  ADMIN_KEY,
  ANY_ID,
  expectProblem,
  getExecution,
  OPENAI,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  untilFinal,
} from '../stage.js';

const REGISTER = '/v1/prompts/register-code';

interface Executed extends ApiBody {
  readonly execution_id: string;
  readonly version_used: number;
  readonly response_text: string;
}

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: 'echo/echo' });
});
afterAll(() => stage.close());
beforeEach(() => stage.openai.reset());

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

async function register(name: string, template_source: string, client: ApiClient = stage.admin) {
  const answer = await client.post(REGISTER, { prompts: [{ name, template_source }] });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

const execute = (name: string, body: ApiBody = {}, headers?: Record<string, string>) =>
  stage.admin.post<Executed>(`${promptPath(name)}/execute`, body, headers);

/** Moves a prompt to full mode. */
const moveToFull = (name: string) =>
  stage.sql(
    `WITH taken AS (UPDATE projects SET registry_revision = registry_revision + 1 WHERE name = 'default' RETURNING *)
     UPDATE prompts p SET mode = 'full', registry_revision = t.registry_revision FROM taken t WHERE p.name = $1`,
    [name],
  );

describe('executing a prompt of code', () => {
  it('runs the active version and answers with it', async () => {
    await register('team/WELCOME', 'Hello {{name}}!');
    const answer = await execute('team/WELCOME', { variables: { name: 'Ada' }, environment: 'prod' });
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        execution_id: ANY_ID,
        prompt_name: 'team/WELCOME',
        prompt_mode: 'tracking',
        version_used: 1,
        status: 'succeeded',
        mode: 'sync',
        response_text: 'Hello Ada!',
        telemetry: {
          prompt_tokens: expect.any(Number) as number,
          response_tokens: expect.any(Number) as number,
          cached_prompt_tokens: null,
          reasoning_tokens: null,
          time_to_first_token_ms: null,
          latency_ms: expect.any(Number) as number,
        },
      },
    ]);
    expect(await getExecution(stage.admin, answer.body.execution_id)).toMatchObject({
      status: 'succeeded',
      prompt_name: 'team/WELCOME',
      environment: 'prod',
      variables: { name: 'Ada' },
      rendered_prompt: 'Hello Ada!',
    });
    const [row] = await stage.sql(
      'SELECT prompt_mode, resolved_by FROM executions_all WHERE execution_id = $1',
      [answer.body.execution_id],
    );
    expect(row).toEqual({ prompt_mode: 'tracking', resolved_by: 'pointer' });
  });

  it('queues when it is asked to, and says where to look', async () => {
    await register('QUEUED', 'Later, {{name}}');
    const answer = await execute('QUEUED', {
      variables: { name: 'Ada' },
      mode: 'async',
      correlation_id: 'c-1',
    });
    expect([answer.status, answer.body]).toEqual([
      202,
      {
        execution_id: ANY_ID,
        prompt_name: 'QUEUED',
        prompt_mode: 'tracking',
        version_used: 1,
        status: 'queued',
        mode: 'async',
      },
    ]);
    expect(answer.headers.get('location')).toBe(`/v1/executions/${answer.body.execution_id}`);
    expect(await untilFinal(stage.admin, answer.body.execution_id)).toMatchObject({
      status: 'succeeded',
      response_text: 'Later, Ada',
      correlation_id: 'c-1',
    });
  });

  it('runs a version by its number, also one that is not active', async () => {
    await register('NUMBERED', 'one');
    await register('NUMBERED', 'two');
    expect((await execute('NUMBERED', { version: 1 })).body).toMatchObject({
      version_used: 1,
      response_text: 'one',
    });
    expectProblem(await execute('NUMBERED', { version: 3 }), 404, 'VERSION_NOT_FOUND');
  });

  it('serves two deployments at once, each with its own template', async () => {
    const [blue, green] = ['blue {{x}}', 'green {{x}}'] as const;
    await register('DEPLOYED', blue);
    await register('DEPLOYED', green);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        // Both deployments keep registering their own template meanwhile.
        const template = index % 2 === 0 ? blue : green;
        await register('DEPLOYED', template);
        const asked = { template_hash: sha256(template), variables: { x: index } };
        return { index, answer: await execute('DEPLOYED', asked) };
      }),
    );
    for (const { index, answer } of answers) {
      expect(answer.body).toMatchObject({
        version_used: index % 2 === 0 ? 1 : 2,
        response_text: `${index % 2 === 0 ? 'blue' : 'green'} ${index}`,
      });
    }
    const rows = await stage.sql(
      `SELECT DISTINCT resolved_by FROM executions_all JOIN prompts USING (project_id, prompt_id) WHERE name = 'DEPLOYED'`,
    );
    expect(rows).toEqual([{ resolved_by: 'template_hash' }]);
  });

  it('runs what was registered through another process, at once', async () => {
    const second = await startLedger({ env: { ...stage.env, DEFAULT_MODEL: 'echo/echo', WORKER: 'off' } });
    const writer = api(second.url, ADMIN_KEY);
    for (const number of [1, 2, 3, 4, 5]) {
      await register('MOVING', `version ${number}`, writer);
      expect((await execute('MOVING')).body).toMatchObject({ version_used: number });
      const hashed = { template_hash: sha256(`version ${number}`) };
      expect((await execute('MOVING', hashed)).body).toMatchObject({ response_text: `version ${number}` });
    }
    await register('MOVING', 'version 2', writer);
    expect((await execute('MOVING')).body).toMatchObject({ version_used: 2 });
    await second.stop();
  });

  it('asks the model that is named, or the half of the default that fits', async () => {
    await register('MODELLED', 'Hello');
    const modelOf = async (body: ApiBody) => {
      const answer = await execute('MODELLED', body);
      if (answer.status !== 200) return answer;
      return (await getExecution(stage.admin, answer.body.execution_id))['model'];
    };
    expect(await modelOf(OPENAI)).toEqual(OPENAI);
    expect(await modelOf({})).toEqual({ provider: 'echo', model_name: 'echo' });
    expect(await modelOf({ provider: 'echo' })).toEqual({ provider: 'echo', model_name: 'echo' });
    expect(await modelOf({ model_name: 'echo' })).toEqual({ provider: 'echo', model_name: 'echo' });
    const half = await execute('MODELLED', { provider: 'openai' });
    expectProblem(half, 400, 'VALIDATION_FAILED');
    expect(half.body['errors']).toMatchObject([{ pointer: '/model_name' }]);
    expectProblem(await execute('MODELLED', { model_name: 'nobody' }), 404, 'MODEL_NOT_FOUND');
  });

  it('sends the params to the provider', async () => {
    await register('PARAMS', 'Hello');
    await execute('PARAMS', { ...OPENAI, params: { temperature: 0.2, max_new_tokens: 5 } });
    expect(stage.openai.requests.at(-1)?.body).toMatchObject({ temperature: 0.2 });
  });

  it('answers a failure of the provider as :run does, and keeps it', async () => {
    await register('FAILING', 'Hello');
    stage.openai.behave({ kind: 'error', status: 400 });
    const answer = await execute('FAILING', OPENAI);
    expectProblem(answer, 502, 'PROVIDER_REJECTED');
    expect(answer.body).toMatchObject({ execution_id: ANY_ID, provider_status: 400, attempts: 1 });
    expect(answer.body['instance']).toBe('/v1/prompts/FAILING/execute');
    expect(await getExecution(stage.admin, answer.body.execution_id)).toMatchObject({ status: 'failed' });
  });

  it.each(['sync', 'async'])('happens once for a key (%s)', async (mode) => {
    await register('KEYED', 'Hello {{x}}');
    const key = { 'idempotency-key': `key of ${mode}` };
    const first = await execute('KEYED', { mode, variables: { x: 1 } }, key);
    const again = await execute('KEYED', { variables: { x: 1 }, mode }, key);
    expect(again.body).toEqual(first.body);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    const other = await execute('KEYED', { mode, variables: { x: 2 } }, key);
    expectProblem(other, 422, 'IDEMPOTENCY_KEY_REUSED');
  });

  it('keeps the variables as they came', async () => {
    await register('EXACT', '{{ a | json }}');
    const sent = '{"variables":{"b":1.0,"a":12345678901234567890}}';
    const answer = await stage.admin.post<Executed>(`${promptPath('EXACT')}/execute`, sent);
    const [row] = await stage.sql<{ text: string }>(
      'SELECT variables_json::text AS text FROM execution_inputs WHERE execution_id = $1',
      [answer.body.execution_id],
    );
    expect(row?.text).toBe('{"b":1.0,"a":12345678901234567890}');
  });
});

describe('what cannot be executed', () => {
  beforeAll(() => register('STRICT', 'Hello {{name}}'));

  const variables = { name: 'Ada' };
  const cases: [string, ApiBody, number, string, string | null][] = [
    ['without a variable', {}, 422, 'TEMPLATE_VARIABLES_MISSING', '/variables/name'],
    ['with variables that are no object', { variables: [] }, 400, 'VALIDATION_FAILED', '/variables'],
    ['with an unknown field', { variables, prompt_name: 'X' }, 400, 'VALIDATION_FAILED', '/prompt_name'],
    ['with a mode that is none', { variables, mode: 'later' }, 400, 'VALIDATION_FAILED', '/mode'],
    ['with a version of another type', { variables, version: '1' }, 400, 'VALIDATION_FAILED', '/version'],
    [
      'with a hash that is none',
      { variables, template_hash: 'abc' },
      400,
      'VALIDATION_FAILED',
      '/template_hash',
    ],
    ['by an unknown hash', { variables, template_hash: sha256('other') }, 404, 'VERSION_NOT_FOUND', null],
    [
      'by a hash and the number of another version',
      { variables, template_hash: sha256('Hello {{name}}'), version: 2 },
      422,
      'TEMPLATE_HASH_MISMATCH',
      '/template_hash',
    ],
    [
      'with a time beyond the limit',
      { variables, timeout_ms: 2_000_000_000 },
      400,
      'VALIDATION_FAILED',
      '/timeout_ms',
    ],
  ];

  it.each(cases)('%s is refused and leaves nothing', async (_what, body, status, code, pointer) => {
    const count = async () => (await stage.sql('SELECT count(*) FROM executions_all'))[0];
    const before = await count();
    for (const mode of [body['mode'] ?? 'sync', body['mode'] ?? 'async']) {
      const answer = await execute('STRICT', { ...body, mode });
      expectProblem(answer, status, code);
      if (pointer !== null) expect(answer.body['errors']).toMatchObject([{ pointer }]);
    }
    expect(await count()).toEqual(before);
  });

  it('by hash and the number of the same version is no contradiction', async () => {
    const body = { variables, template_hash: sha256('Hello {{name}}'), version: 1 };
    expect((await execute('STRICT', body)).body).toMatchObject({ version_used: 1 });
  });

  it('does not exist, or is another project’s', async () => {
    expectProblem(await execute('NOBODY'), 404, 'PROMPT_NOT_FOUND');
    const other = await otherProject(stage);
    const theirs = await other.post(`${promptPath('STRICT')}/execute`, { variables, provider: 'echo' });
    expectProblem(theirs, 404, 'PROMPT_NOT_FOUND');
  });

  it('is with a key that may not run', async () => {
    const client = await clientWith(stage, ['prompts:read', 'prompts:write', 'executions:read']);
    expectProblem(await client.post(`${promptPath('STRICT')}/execute`, { variables }), 403, 'FORBIDDEN');
  });
});

describe('a prompt in full mode', () => {
  it.each(['sync', 'async'])('is not executed as code (%s)', async (mode) => {
    await putPrompt(stage.admin, 'MANAGED', 'Hello');
    const answers = [
      await execute('MANAGED', { mode }),
      await execute('MANAGED', { mode, version: 1 }),
      await execute('MANAGED', { mode, version: 9 }),
      await execute('MANAGED', { mode, template_hash: sha256('unknown') }),
    ];
    for (const answer of answers) {
      expectProblem(answer, 400, 'PROMPT_MODE_MISMATCH');
      expect(answer.body['detail']).toMatch(/is in full mode.*Use PUT \/v1\/prompts\/\{name\} instead/);
    }
    await stage.admin.put(promptPath('MANAGED_DRAFT'), { template_source: 'x' });
    expectProblem(await execute('MANAGED_DRAFT', { mode }), 400, 'PROMPT_MODE_MISMATCH');
  });

  it('goes on answering the code that it came from', async () => {
    await register('MOVED', 'old {{x}}');
    await execute('MOVED', { template_hash: sha256('old {{x}}'), variables: { x: 1 } });
    await moveToFull('MOVED');
    await putPrompt(stage.admin, 'MOVED', 'managed {{x}}');
    const answer = await execute('MOVED', { template_hash: sha256('old {{x}}'), variables: { x: 2 } });
    expect(answer.body).toMatchObject({ prompt_mode: 'full', version_used: 1, response_text: 'old 2' });
    expectProblem(await execute('MOVED', { variables: { x: 3 } }), 400, 'PROMPT_MODE_MISMATCH');
  });

  it('is run by :run, as one of code is', async () => {
    await register('EITHER', 'Hello');
    const run = await stage.admin.post('/v1/executions:run', { prompt_name: 'EITHER' });
    expect(run.body).toMatchObject({ status: 'succeeded', version_number: 1 });
  });
});
