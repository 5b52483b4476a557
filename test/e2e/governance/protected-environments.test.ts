import { api, type ApiBody, type ApiClient, type ApiResponse } from '../../support/api-client.js';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import { move, putVersions, rollBack, run, setRules } from './environments.js';
import { otherProject } from '../other-project.js';
import { memberClient } from '../people.js';
import { record } from '../recording/record-entries.js';
import {
  ADMIN_KEY,
  ECHO,
  expectProblem,
  getExecution,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const VARIABLES = { x: 'you' };
const BARE = { model: 'echo/echo', messages: [{ role: 'user', content: 'Hi' }] };
const [OLD, STANDS, NEWEST] = [1, 2, 3];

let stage: Stage;
let second: LedgerProcess;
let admin: ApiClient;
/** Another process on the same database. */
let elsewhere: ApiClient;
/** Indexed by number, from 1. */
let hashes: readonly string[];

beforeAll(async () => {
  stage = await startStage();
  second = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
  admin = stage.admin;
  elsewhere = api(second.url, ADMIN_KEY);
  hashes = ['', ...(await putVersions(admin, 'guarded', NEWEST))];
  await putVersions(admin, 'homeless', 1);
  await move(admin, 'guarded', 'prod', OLD);
  await move(admin, 'guarded', 'prod', STANDS);
  const { body } = await setRules(admin, 'prod', { protected: true, approvals: { required: 2 } });
  expect(body).toMatchObject({ protected: true, revision: 2, prompts_without_pointer: ['homeless'] });
});
afterAll(async () => {
  await second.stop();
  await stage.close();
});

function expectProtected(answer: ApiResponse<unknown>): void {
  expectProblem(answer, 409, 'ENVIRONMENT_PROTECTED');
}

const bodyIn = (environment: string, more: ApiBody = {}): ApiBody => ({
  prompt_name: 'guarded',
  environment,
  variables: VARIABLES,
  model: ECHO,
  ...more,
});
const chat = (more: ApiBody, client = admin) =>
  client.post<{ error: { ledger_code: string; message: string } }>('/openai/v1/chat/completions', more);
const versionRun = async (answer: ApiResponse<ApiBody>) => {
  const id = (answer.body['execution_id'] as string | undefined) ?? answer.headers.get('x-execution-id');
  return (await getExecution(admin, id ?? ''))['version_number'];
};

describe('a protected environment runs the version of its pointer', () => {
  it.each<[string, () => Promise<ApiResponse<ApiBody>>]>([
    ['with none named', () => run(admin, 'guarded', 'prod')],
    ['on another process', () => run(elsewhere, 'guarded', 'prod')],
    ['with its number', () => run(admin, 'guarded', 'prod', { version_number: STANDS })],
    [
      'by the OpenAI-compatible API',
      () =>
        admin.post('/openai/v1/chat/completions', {
          model: 'prompt/guarded',
          prompt_variables: VARIABLES,
          prompt_model: 'echo/echo',
          environment: 'prod',
        }),
    ],
    [
      'by the OpenAI-compatible API with its number',
      () =>
        admin.post('/openai/v1/chat/completions', {
          model: `prompt/guarded@${STANDS}`,
          prompt_variables: VARIABLES,
          prompt_model: 'echo/echo',
          environment: 'prod',
        }),
    ],
  ])('%s', async (_, execute) => {
    const answer = await execute();
    expect(answer.status).toBe(200);
    expect(await versionRun(answer)).toBe(STANDS);
  });

  it('in a batch', async () => {
    const { variables, ...shared } = bodyIn('prod');
    const batch = await admin.post<{ execution_ids: string[] }>('/v1/executions:submit-batch', {
      ...shared,
      entries: [{ variables }, { variables }],
    });
    for (const id of batch.body.execution_ids)
      expect(await untilFinal(admin, id)).toMatchObject({
        version_number: STANDS,
        resolved_by: 'environment',
      });
  });

  it('by the hash of its template, which code sends', async () => {
    const execute = (template_hash: string | undefined) =>
      admin.post(`${promptPath('TRACKED')}/execute`, {
        variables: VARIABLES,
        template_hash,
        provider: 'echo',
        model_name: 'echo',
        environment: 'tracked-prod',
      });
    const register = (template_source: string) =>
      admin.post('/v1/prompts/register-code', {
        prompts: [{ name: 'TRACKED', template_source }],
        environment: 'tracked-prod',
      });
    await register('old {{x}}');
    await register('new {{x}}');
    await setRules(admin, 'tracked-prod', { protected: true });
    const { body } = await admin.get<{ versions: { version: number; template_hash: string }[] }>(
      `${promptPath('TRACKED')}/history`,
    );
    const [current, old] = body.versions.map(({ template_hash: hash }) => hash);
    expect((await execute(current)).body).toMatchObject({ version_used: 2 });
    expect((await execute(undefined)).body).toMatchObject({ version_used: 2 });
    expectProtected(await execute(old));
  });
});

describe('a protected environment refuses', () => {
  it.each([
    ['an older version', OLD],
    ['the active version', NEWEST],
  ])('to :run %s', async (_, version_number) => {
    expectProtected(await run(admin, 'guarded', 'prod', { version_number }));
    expectProtected(await run(elsewhere, 'guarded', 'prod', { version_number }));
  });

  it('to :submit another version', async () => {
    const body = bodyIn('prod', { version_number: NEWEST });
    expectProtected(await admin.post('/v1/executions:submit', body));
  });

  it('to :stream another version', async () => {
    const body = bodyIn('prod', { version_number: NEWEST });
    const { response } = await EventStreamClient.open(stage.ledger.url, body, { apiKey: ADMIN_KEY });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'ENVIRONMENT_PROTECTED' });
  });

  it('a batch of another version', async () => {
    const { variables, ...shared } = bodyIn('prod', { version_number: NEWEST });
    const entries = [{ variables }];
    expectProtected(await admin.post('/v1/executions:submit-batch', { ...shared, entries }));
  });

  it.each([OLD, NEWEST])('prompt/name@%i through the OpenAI-compatible API', async (number) => {
    const answer = await chat({
      model: `prompt/guarded@${number}`,
      prompt_variables: VARIABLES,
      prompt_model: 'echo/echo',
      environment: 'prod',
    });
    expect(answer).toMatchObject({ status: 409, body: { error: { ledger_code: 'ENVIRONMENT_PROTECTED' } } });
  });

  it.each<[string, ApiBody]>([
    ['a call', {}],
    ['a streamed call', { stream: true }],
    ['a call that may be cached', { cache: { ttl_s: 60 } }],
  ])('%s that comes with its messages', async (_, more) => {
    for (const client of [admin, elsewhere]) {
      const answer = await chat({ ...BARE, environment: 'prod', ...more }, client);
      expect(answer).toMatchObject({
        status: 409,
        body: { error: { ledger_code: 'ENVIRONMENT_PROTECTED' } },
      });
    }
    const allowed = { ...BARE, ...more, stream: false, environment: 'staging' };
    expect((await chat(allowed)).status).toBe(200);
  });

  it('a prompt that has no version there, and does not run the active one instead', async () => {
    const answer = await run(admin, 'homeless', 'prod');
    expectProblem(answer, 409, 'NO_ACTIVE_VERSION');
    expect(answer.body['detail']).toContain('POST /v1/changes');
    expectProtected(await run(admin, 'homeless', 'prod', { version_number: 1 }));
    expect((await run(admin, 'homeless', 'staging')).body.resolved_by).toBe('active');
  });

  it('a prompt that was made after it was protected', async () => {
    await putPrompt(admin, 'later', 'Hi {{x}}');
    expectProblem(await run(admin, 'later', 'prod'), 409, 'NO_ACTIVE_VERSION');
  });

  it('to move its pointer, and says how', async () => {
    const answer = await move(admin, 'guarded', 'prod', NEWEST);
    expectProtected(answer);
    expect(answer.body['detail']).toContain('POST /v1/changes');
    expectProtected(await move(admin, 'homeless', 'prod', 1));
    expect((await move(admin, 'guarded', 'prod', STANDS)).body['moved']).toBe(false);
  });

  it('an editor who deletes a prompt that runs there, and keeps it', async () => {
    const editor = await memberClient(stage, 'editor');
    for (const name of ['deleted', 'elsewhere']) await putVersions(admin, name, 1);
    await move(admin, 'deleted', 'delete-prod', 1);
    await setRules(admin, 'delete-prod', { protected: true });
    const refused = await editor.delete(promptPath('deleted'));
    expectProtected(refused);
    expect(refused.body['detail']).toContain('environments:write');
    expect(await run(admin, 'deleted', 'delete-prod')).toMatchObject({ status: 200 });
    expect((await editor.delete(promptPath('elsewhere'))).status).toBe(204);
    expect((await admin.delete(promptPath('deleted'))).status).toBe(204);
  });

  it('code that would move its pointer, a dry run included, and writes nothing', async () => {
    const register = (template_source: string, dry_run: boolean) =>
      admin.post('/v1/prompts/register-code', {
        prompts: [
          { name: 'guarded-code', template_source },
          { name: 'new-code', template_source: 'new {{x}}' },
        ],
        environment: 'code-prod',
        dry_run,
      });
    await register('one {{x}}', false);
    await setRules(admin, 'code-prod', { protected: true });
    for (const isDry of [true, false]) {
      const answer = await register('two {{x}}', isDry);
      expectProtected(answer);
      expect(answer.body).toMatchObject({ errors: [{ pointer: '/prompts/0' }] });
    }
    expect((await register('one {{x}}', false)).status).toBe(200);
    expect((await admin.get<ApiBody[]>(`${promptPath('guarded-code')}/versions`)).body).toHaveLength(1);
  });

  it('nothing by :render, :validate or reading, which run nothing', async () => {
    const rendered = await admin.post(`${promptPath('guarded')}:render`, { variables: VARIABLES });
    expect(rendered.body).toMatchObject({ version_number: NEWEST });
    const read = await admin.get<{ active_version: ApiBody | null }>(
      `${promptPath('guarded')}?environment=prod`,
    );
    expect(read.body.active_version).toMatchObject({ version_number: STANDS });
    const homeless = await admin.get<{ active_version: ApiBody | null }>(
      `${promptPath('homeless')}?environment=prod`,
    );
    expect(homeless.body.active_version).toBeNull();
  });
});

describe('what is recorded in a protected environment', () => {
  const entry = (more: ApiBody = {}) => ({
    ...bodyIn('prod'),
    status: 'succeeded',
    response_text: 'Hi',
    started_at: '2026-11-24T10:00:00.000Z',
    ...more,
  });

  it('names a version that was let in, by number or by hash', async () => {
    const { recorded, rejected } = await record(
      stage,
      entry({ version_number: STANDS }),
      entry({ template_hash: hashes[STANDS] }),
    );
    expect(rejected).toEqual([]);
    expect(recorded).toHaveLength(2);
  });

  it.each<[string, ApiBody]>([
    ['no version', {}],
    ['a version that was never let in', { version_number: NEWEST }],
    ['the hash of one', { template_hash: 'filled in' }],
    ['one that ran there before it was protected', { version_number: OLD }],
  ])('is refused with %s, and the others are kept', async (_, more) => {
    const named = 'template_hash' in more ? { template_hash: hashes[NEWEST] } : more;
    const { recorded, rejected } = await record(
      stage,
      entry(named),
      entry({ version_number: STANDS }),
      entry({ ...named, environment: 'staging' }),
    );
    expect(rejected).toMatchObject([{ index: 0, code: 'ENVIRONMENT_PROTECTED' }]);
    expect(recorded.map(({ index }) => index)).toEqual([1, 2]);
  });
});

describe('protection', () => {
  it('holds for what is sent after it began, on every process, whatever they remember', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const environment = `fresh ${round}`;
      await putVersions(admin, `fresh/${round}`, 2);
      const clients = [admin, elsewhere];
      for (const client of clients) {
        expect((await run(client, `fresh/${round}`, environment)).status).toBe(200);
        expect((await run(client, `fresh/${round}`, environment, { version_number: 1 })).status).toBe(200);
        expect((await chat({ ...BARE, environment }, client)).status).toBe(200);
      }
      expect((await setRules(admin, environment, { protected: true })).status).toBe(200);
      for (const client of clients) {
        expectProblem(await run(client, `fresh/${round}`, environment), 409, 'NO_ACTIVE_VERSION');
        expectProtected(await run(client, `fresh/${round}`, environment, { version_number: 1 }));
        expect((await chat({ ...BARE, environment }, client)).status).toBe(409);
      }
      await setRules(admin, environment, { protected: false });
      for (const client of clients) {
        expect((await run(client, `fresh/${round}`, environment)).body.resolved_by).toBe('active');
        expect((await chat({ ...BARE, environment }, client)).status).toBe(200);
      }
    }
  });

  it('begins while prompts are put and moved, and lets nothing in that it does not know', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `busy/${index}`);
    await Promise.all(names.map((name) => putVersions(admin, name, 2)));
    const work = names.flatMap((name, index) => [
      move(index % 2 === 0 ? admin : elsewhere, name, 'busy', 1),
      putPrompt(elsewhere, `${name}/made`, 'Hi {{x}}'),
      putPrompt(admin, name, 'three {{x}}'),
      move(elsewhere, name, 'busy', 2),
    ]);
    const [rules, ...done] = await Promise.all([setRules(admin, 'busy', { protected: true }), ...work]);
    expect(rules.status).toBe(200);
    const codes = new Set(done.map((each) => ('status' in each ? each.status : 200)));
    expect([...codes].filter((code) => ![200, 409].includes(code))).toEqual([]);
    const strangers = await stage.sql(
      `SELECT FROM prompt_pointers pp WHERE environment = 'busy' AND NOT EXISTS (SELECT FROM approved_versions a
         WHERE a.project_id = pp.project_id AND a.prompt_id = pp.prompt_id AND a.environment = 'busy' AND a.version_id = pp.version_id)`,
    );
    expect(strangers).toEqual([]);
  });

  it('lets finish what was queued before, and repeats what was answered before', async () => {
    await putVersions(admin, 'before', 1);
    const body = { ...bodyIn('calm'), prompt_name: 'before' };
    const key = { 'idempotency-key': 'before the protection' };
    const answered = await admin.post('/v1/executions:run', body, key);
    const queued = await submit(admin, body);
    await setRules(admin, 'calm', { protected: true });
    expect(await untilFinal(admin, queued)).toMatchObject({ status: 'succeeded', resolved_by: 'active' });
    const again = await admin.post('/v1/executions:run', body, key);
    expect(again.status).toBe(200);
    expect(again.body).toEqual(answered.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expectProblem(await admin.post('/v1/executions:run', body), 409, 'NO_ACTIVE_VERSION');
  });

  it('serves no answer of another version from the cache', async () => {
    for (const number of [1, 2]) await putPrompt(admin, 'cached', `same {{x}}{{ y${number} | default: '' }}`);
    await move(admin, 'cached', 'kept', 1);
    await setRules(admin, 'kept', { protected: true });
    const cache = { ttl_s: 600 };
    const elsewhereRun = await run(admin, 'cached', 'staging', { cache });
    expect(elsewhereRun.body).toMatchObject({ version_number: 2, cache_hit: false });
    const here = await run(admin, 'cached', 'kept', { cache });
    expect(here.body).toMatchObject({ version_number: 1, cache_hit: false });
    expect((await run(admin, 'cached', 'kept', { cache })).body).toMatchObject({
      version_number: 1,
      cache_hit: true,
    });
    expectProtected(await run(admin, 'cached', 'kept', { cache, version_number: 2 }));
  });

  it('does not concern another project', async () => {
    const other = await otherProject(stage);
    await putPrompt(other, 'guarded', 'Hi {{x}}');
    expect((await run(other, 'guarded', 'prod')).body.resolved_by).toBe('active');
    expect((await chat({ ...BARE, environment: 'prod' }, other)).status).toBe(200);
  });
});

describe('a rollback in a protected environment', () => {
  it('goes to a version that was approved for it once, and to no other', async () => {
    await putVersions(admin, 'rolled', 3);
    await move(admin, 'rolled', 'vault', 1);
    await move(admin, 'rolled', 'vault', 2);
    await setRules(admin, 'vault', { protected: true });
    expectProtected(await rollBack(admin, 'rolled', 'vault'));
    // Version 1 runs there when the environment is protected again.
    await setRules(admin, 'vault', { protected: false });
    await rollBack(admin, 'rolled', 'vault');
    await setRules(admin, 'vault', { protected: true });
    expect((await rollBack(admin, 'rolled', 'vault')).body).toMatchObject({
      version: { version_number: 2 },
      moved: true,
    });
    expect((await rollBack(admin, 'rolled', 'vault')).body).toMatchObject({ version: { version_number: 1 } });
    expect((await run(admin, 'rolled', 'vault')).body.version_number).toBe(1);
  });
});

describe('default, when it is protected', () => {
  let own: Stage;
  let client: ApiClient;

  beforeAll(async () => {
    own = await startStage({ WORKER: 'off' });
    client = own.admin;
    await putVersions(client, 'kept', 2);
    await client.put(promptPath('kept'), { template_source: 'a draft {{x}}' });
    await client.post('/v1/prompts/register-code', {
      prompts: [{ name: 'CODE', template_source: 'one {{x}}' }],
    });
    await setRules(client, 'default', { protected: true });
  });
  afterAll(() => own.close());

  it('keeps the active version', async () => {
    expectProtected(
      await client.put(promptPath('kept'), { template_source: 'a draft {{x}}', set_active: true }),
    );
    expectProtected(await client.put(promptPath('kept'), { template_source: 'new', set_active: true }));
    expectProtected(await client.put(promptPath('brand-new'), { template_source: 'new', set_active: true }));
    expectProtected(await client.post(`${promptPath('kept')}/versions/1:activate`));
    expectProtected(
      await client.post('/v1/prompts/register-code', { prompts: [{ name: 'CODE', template_source: 'two' }] }),
    );
    expectProtected(
      await client.post('/v1/prompts:migrate-to-full', {
        prompts: [{ name: 'CODE', template_source: 'two' }],
      }),
    );
    expectProtected(await move(client, 'kept', 'default', 1));
    expect((await client.get<ApiBody[]>(`${promptPath('kept')}/versions`)).body).toHaveLength(3);
    expectProblem(await client.get(promptPath('brand-new')), 404, 'PROMPT_NOT_FOUND');
  });

  it('lets everything happen that does not move it', async () => {
    expect((await client.post(`${promptPath('kept')}/versions/2:activate`)).status).toBe(200);
    expect((await client.put(promptPath('kept'), { template_source: 'another {{x}}' })).status).toBe(200);
    expect((await move(client, 'kept', 'staging', 1)).body['moved']).toBe(true);
    const registered = await client.post('/v1/prompts/register-code', {
      prompts: [{ name: 'CODE', template_source: 'one {{x}}', description: 'said later' }],
    });
    expect(registered.status).toBe(200);
    expect((await client.post('/v1/prompts:migrate-to-full', { prompts: [{ name: 'CODE' }] })).status).toBe(
      200,
    );
  });

  it('runs the active version and nothing else', async () => {
    expect((await run(client, 'kept', null)).body).toMatchObject({
      version_number: 2,
      resolved_by: 'active',
    });
    expectProtected(await run(client, 'kept', null, { version_number: 1 }));
    expectProtected(await run(client, 'kept', 'default', { version_number: 1 }));
    expect((await run(client, 'kept', 'dev', { version_number: 1 })).status).toBe(200);
    expect((await chat(BARE, client)).status).toBe(409);
    expect((await chat({ ...BARE, environment: 'dev' }, client)).status).toBe(200);
  });
});

describe('a project that allows no unknown environments', () => {
  let own: Stage;
  let client: ApiClient;

  const allow = (isAllowed: boolean) =>
    own.sql(`UPDATE projects SET settings = $1 WHERE name = 'default'`, [
      JSON.stringify({ allow_unknown_environments: isAllowed }),
    ]);

  beforeAll(async () => {
    own = await startStage({ WORKER: 'off' });
    client = own.admin;
    await own.sql(`SELECT set_config('app.system', 'on', false)`);
    await putVersions(client, 'known', 1);
  });
  afterAll(() => own.close());

  it('refuses them from the moment on when it was said', async () => {
    expect((await run(client, 'known', 'preview')).status).toBe(200);
    expect((await chat({ ...BARE, environment: 'preview' }, client)).status).toBe(200);
    await allow(false);
    expectProtected(await run(client, 'known', 'preview'));
    expectProtected(await run(client, 'known', 'Prod'));
    expect((await chat({ ...BARE, environment: 'preview' }, client)).status).toBe(409);
    for (const environment of ['dev', 'staging', 'prod', 'default', 'experiment', 'playground', null]) {
      expect((await run(client, 'known', environment)).status).toBe(200);
      expect((await chat({ ...BARE, environment }, client)).status).toBe(200);
    }
    const recorded = await record(own, {
      ...bodyIn('preview'),
      prompt_name: 'known',
      status: 'succeeded',
      response_text: 'Hi',
      started_at: '2026-11-24T10:00:00.000Z',
    });
    expect(recorded.rejected).toMatchObject([{ code: 'ENVIRONMENT_PROTECTED' }]);
  });

  it('allows one that was described, and all again when it says so', async () => {
    await setRules(client, 'preview', {});
    expect((await run(client, 'known', 'preview')).status).toBe(200);
    expect((await chat({ ...BARE, environment: 'preview' }, client)).status).toBe(200);
    await allow(true);
    expect((await run(client, 'known', 'whatever')).status).toBe(200);
    expect((await chat({ ...BARE, environment: 'whatever' }, client)).status).toBe(200);
  });
});
