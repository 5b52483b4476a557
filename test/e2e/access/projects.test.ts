import { api, type ApiBody, type ApiClient } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import { expectMade, makeKey, makeProject, memberClient, type TestProject, toClient } from '../people.js';
import {
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  putPrompt,
  type Stage,
  startStage,
  UNKNOWN_ID,
} from '../stage.js';

const DEFAULT_SETTINGS = {
  retention_days: {},
  mask: [],
  default_model: null,
  allow_unknown_environments: true,
  callback_url: null,
};

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const acting = (project: string): Record<string, string> => ({ 'x-project': project });
const runBody = { prompt_name: 'greeting', model: ECHO, variables: {} };

describe('a fresh project', () => {
  it('has a name, an id and the settings that it was made with', async () => {
    const made = await stage.admin.post('/v1/projects', { name: 'fresh', settings: { mask: ['email'] } });
    expect(made).toMatchObject({ status: 201 });
    expect(made.body).toEqual({
      project_id: ANY_ID,
      name: 'fresh',
      settings: { ...DEFAULT_SETTINGS, mask: ['email'] },
      created_at: ANY_TIME,
      archived_at: null,
    });
    const path = `/v1/projects/${String(made.body['project_id'])}`;
    expect((await stage.admin.get(path)).body).toEqual(made.body);
  });

  it('begins with the models, prices and environments of the catalogue, and runs', async () => {
    const { id, admin } = await makeProject(stage);
    const models = (client: ApiClient) => client.get<{ data: unknown[] }>('/v1/models');
    expect((await models(admin)).body.data).toEqual((await models(stage.admin)).body.data);
    const prices = await admin.get<{ prices: unknown[] }>('/v1/prices');
    expect(prices.body.prices.length).toBeGreaterThan(10);
    const environments = await stage.sql(
      'SELECT name, protected FROM environments WHERE project_id = $1 ORDER BY name',
      [id],
    );
    expect(environments).toEqual(['dev', 'prod', 'staging'].map((name) => ({ name, protected: false })));
    await putPrompt(admin, 'greeting', 'Hello');
    expect((await admin.post('/v1/executions:run', runBody)).status).toBe(200);
  });

  it('stands in its own audit log', async () => {
    const { id } = await makeProject(stage);
    const rows = await stage.sql(
      'SELECT action, subject, actor_kind FROM audit_log WHERE project_id = $1 ORDER BY audit_id',
      [id],
    );
    expect(rows).toMatchObject([
      { action: 'models.seed', subject: 'models', actor_kind: 'instance' },
      { action: 'prices.seed', subject: 'prices', actor_kind: 'instance' },
      { action: 'project.create', subject: `project/${id}`, actor_kind: 'instance' },
      { action: 'key.create', actor_kind: 'instance' },
    ]);
  });

  it('is made once, however many ask for it at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => stage.admin.post('/v1/projects', { name: 'contended' })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
    const refused = answers.filter(({ status }) => status === 409);
    for (const answer of refused) expectProblem(answer, 409, 'PROJECT_EXISTS');
  });

  it.each<[string, ApiBody, string]>([
    ['without a name', {}, '/name'],
    ['with an empty name', { name: '' }, '/name'],
    ['with a name of spaces', { name: '  ' }, '/name'],
    ['with a name that no header can hold', { name: 'café\n' }, '/name'],
    ['with a name that looks like an id', { name: UNKNOWN_ID.toUpperCase() }, '/name'],
    ['with a name of 101 characters', { name: 'x'.repeat(101) }, '/name'],
    ['with an unknown setting', { settings: { colour: 'red' } }, '/settings/colour'],
    ['with days that are none', { settings: { retention_days: { prod: 0 } } }, '/settings/retention_days'],
    ['with days as text', { settings: { retention_days: { prod: '7' } } }, '/settings/retention_days'],
    ['with days for no environment', { settings: { retention_days: { '': 7 } } }, '/settings/retention_days'],
    ['with a list of days', { settings: { retention_days: [7] } }, '/settings/retention_days'],
    ['with a mask that is a text', { settings: { mask: 'email' } }, '/settings/mask'],
    ['with a mask of numbers', { settings: { mask: [1] } }, '/settings/mask/0'],
    ['with a model without a provider', { settings: { default_model: 'gpt' } }, '/settings/default_model'],
    [
      'with an address that nothing may be sent to',
      { settings: { callback_url: 'http://10.0.0.1/' } },
      '/settings/callback_url',
    ],
    [
      'with a switch that is a text',
      { settings: { allow_unknown_environments: 'yes' } },
      '/settings/allow_unknown_environments',
    ],
  ])('is not made %s', async (_what, body, pointer) => {
    const name = 'name' in body || pointer === '/name' ? {} : { name: 'refused' };
    const answer = await stage.admin.post('/v1/projects', { ...name, ...body });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer }]);
  });
});

describe('the list of projects', () => {
  it('has all of them, page by page', async () => {
    await makeProject(stage);
    const names: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await stage.admin.get<{ projects: ApiBody[] } & ApiBody>(`/v1/projects?limit=1${more}`);
      expect(page.body.projects).toHaveLength(1);
      names.push(page.body.projects[0]?.['name']);
      cursor = page.body['next_cursor'] as string | null;
    }
    const rows = await stage.sql<{ name: string }>('SELECT name FROM projects ORDER BY project_id');
    expect(names).toEqual(rows.map(({ name }) => name));
  });
});

describe('a change of a project', () => {
  let project: TestProject;
  let path: string;

  beforeAll(async () => {
    project = await makeProject(stage, { settings: { mask: ['email'], retention_days: { prod: 30 } } });
    path = `/v1/projects/${project.id}`;
  });

  it('keeps what it leaves out, and brings the default back where it says null', async () => {
    const change = async (settings: ApiBody) =>
      (await project.admin.patch(path, { settings })).body['settings'];
    expect(await change({ default_model: 'echo/echo' })).toEqual({
      ...DEFAULT_SETTINGS,
      mask: ['email'],
      retention_days: { prod: 30 },
      default_model: 'echo/echo',
    });
    expect(await change({ default_model: null, mask: null, allow_unknown_environments: false })).toEqual({
      ...DEFAULT_SETTINGS,
      retention_days: { prod: 30 },
      allow_unknown_environments: false,
    });
    expect((await project.admin.get(path)).body['settings']).toMatchObject({ mask: [] });
  });

  it.each(['name', 'settings', 'archived'])('refuses null for %s', async (member) => {
    const refused = await stage.admin.patch(path, { [member]: null });
    expectProblem(refused, 400, 'VALIDATION_FAILED');
    expect(refused.body['errors']).toEqual([
      { pointer: `/${member}`, message: expect.any(String) as string },
    ]);
  });

  it('waits for whoever changes a prompt, and locks nothing that they need', async () => {
    await putPrompt(project.admin, 'busy', 'Hello');
    await stage.sql('BEGIN');
    await stage.sql(`SELECT FROM prompts WHERE project_id = $1 AND name = 'busy' FOR UPDATE`, [project.id]);
    const changing = project.admin.patch(path, { settings: { allow_unknown_environments: true } });
    await eventually(async () => {
      const [row] = await stage.sql<{ count: number }>(
        'SELECT count(*)::int AS count FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))',
      );
      return row?.count === 1;
    });
    await stage.sql('UPDATE projects SET registry_revision = registry_revision + 1 WHERE project_id = $1', [
      project.id,
    ]);
    await stage.sql('COMMIT');
    expect((await changing).status).toBe(200);
  });

  it('is for its admins as far as settings go, and for the instance beyond', async () => {
    const viewer = await makeKey(stage, project.admin, { role: 'approver' });
    for (const answer of [await viewer.get(path), await viewer.patch(path, { settings: {} })]) {
      expectProblem(answer, 403, 'FORBIDDEN');
      expect(answer.body['missing_scopes']).toEqual(['settings:write']);
    }
    for (const body of [{ name: 'another' }, { archived: true }, { settings: {}, archived: false }]) {
      expectProblem(await project.admin.patch(path, body), 403, 'FORBIDDEN');
    }
    expect((await stage.admin.patch(path, { name: 'renamed' })).body).toMatchObject({ name: 'renamed' });
    expectProblem(await stage.admin.patch(path, { name: 'default' }), 409, 'PROJECT_EXISTS');
    for (const call of [
      project.admin.post('/v1/projects', { name: 'x' }),
      project.admin.get('/v1/projects'),
    ]) {
      expectProblem(await call, 403, 'FORBIDDEN');
    }
    expectProblem(await project.admin.post(`${path}/keys`, { name: 'x', role: 'viewer' }), 403, 'FORBIDDEN');
  });

  it('of another project is nothing that there is', async () => {
    const other = await makeProject(stage);
    const calls = [
      (id: string) => project.admin.get(`/v1/projects/${id}`),
      (id: string) => project.admin.patch(`/v1/projects/${id}`, { settings: {} }),
    ];
    for (const call of calls) {
      const [foreign, absent] = [await call(other.id), await call(UNKNOWN_ID)];
      expectProblem(foreign, 404, 'PROJECT_NOT_FOUND');
      expect(JSON.parse(JSON.stringify(foreign.body).replaceAll(other.id, UNKNOWN_ID))).toEqual(absent.body);
    }
  });

  it('does not take the project default away', async () => {
    const list = await stage.admin.get<{ projects: ApiBody[] }>('/v1/projects?limit=200');
    const id = String(list.body.projects.find(({ name }) => name === 'default')?.['project_id']);
    for (const body of [{ archived: true }, { name: 'other' }]) {
      expectProblem(await stage.admin.patch(`/v1/projects/${id}`, body), 400, 'VALIDATION_FAILED');
    }
    expect((await stage.admin.patch(`/v1/projects/${id}`, { name: 'default' })).status).toBe(200);
  });
});

describe('an archived project', () => {
  it('refuses its keys and those who would act in it, and comes back as it was', async () => {
    const project = await makeProject(stage);
    const path = `/v1/projects/${project.id}`;
    const archived = await stage.admin.patch(path, { archived: true });
    expect(archived.body).toMatchObject({ archived_at: ANY_TIME });
    expect((await stage.admin.patch(path, { archived: true })).body).toEqual(archived.body);
    expectProblem(await project.admin.get('/v1/prompts'), 401, 'UNAUTHORIZED');
    for (const name of [project.id, project.name]) {
      expectProblem(await stage.admin.get('/v1/prompts', acting(name)), 404, 'PROJECT_NOT_FOUND');
    }
    expectProblem(
      await stage.admin.post(`${path}/keys`, { name: 'x', role: 'viewer' }),
      404,
      'PROJECT_NOT_FOUND',
    );
    expectProblem(await stage.admin.post('/v1/projects', { name: project.name }), 409, 'PROJECT_EXISTS');
    expect((await stage.admin.patch(path, { archived: false })).body).toMatchObject({ archived_at: null });
    expect((await project.admin.get('/v1/prompts')).status).toBe(200);
    expect((await stage.admin.get('/v1/prompts', acting(project.name))).status).toBe(200);
  });
});

describe('a project that is brought back', () => {
  let second: LedgerProcess;

  beforeAll(async () => {
    second = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
  });
  afterAll(() => second.stop());

  it.each([
    ['that used them before', true],
    ['that knew them only as refused', false],
  ])('has its keys work at once on another process %s', async (_what, wasUsed) => {
    const project = await makeProject(stage);
    const path = `/v1/projects/${project.id}`;
    const made = await stage.admin.post(`${path}/keys`, { name: 'another', role: 'admin' });
    const there = api(second.url, String(made.body['key']));
    if (wasUsed) expect((await there.get('/v1/prompts')).status).toBe(200);
    await stage.admin.patch(path, { archived: true });
    await eventually(async () => (await there.get('/v1/prompts')).status === 401);
    // The second refusal comes from the cache, if there is one.
    expectProblem(await there.get('/v1/prompts'), 401, 'UNAUTHORIZED');
    await stage.admin.patch(path, { archived: false });
    expect((await there.get('/v1/prompts')).status).toBe(200);
    expect((await there.post('/v1/executions:run', {})).status).toBe(400);
  });
});

describe('the header X-Project', () => {
  let project: TestProject;

  beforeAll(async () => {
    project = await makeProject(stage);
    await putPrompt(project.admin, 'greeting', 'Hello from there');
    await putPrompt(stage.admin, 'greeting', 'Hello from here');
  });

  it('lets the instance act there by name and by id, on every path of a request', async () => {
    for (const name of [project.name, project.id, project.id.toUpperCase()]) {
      const read = await stage.admin.get('/v1/prompts/greeting', acting(name));
      expect(read.body).toMatchObject({ active_version: { template_source: 'Hello from there' } });
      const run = await stage.admin.post('/v1/executions:run', runBody, acting(name));
      expect(run.body).toMatchObject({
        response_text: expect.stringContaining('Hello from there') as string,
      });
      const submitted = await stage.admin.post('/v1/executions:submit', runBody, acting(name));
      expect(submitted.status).toBe(202);
      const path = `/v1/executions/${String(submitted.body['execution_id'])}`;
      expect((await project.admin.get(path)).status).toBe(200);
      expectProblem(await stage.admin.get(path), 404, 'EXECUTION_NOT_FOUND');
      const me = await stage.admin.get('/v1/me', acting(name));
      expect(me.body).toMatchObject({
        kind: 'instance',
        project: { project_id: project.id, name: project.name },
      });
    }
    const here = await stage.admin.get('/v1/prompts/greeting');
    expect(here.body).toMatchObject({ active_version: { template_source: 'Hello from here' } });
  });

  it('may name the own project of a key, and no other', async () => {
    for (const name of [project.name, project.id]) {
      expect((await project.admin.get('/v1/prompts/greeting', acting(name))).status).toBe(200);
    }
    const other = await makeProject(stage);
    const bodies = [other.name, other.id, 'default', 'no such project', UNKNOWN_ID, `' OR true --`].map(
      async (name) => {
        for (const call of [
          project.admin.get('/v1/prompts/greeting', acting(name)),
          project.admin.post('/v1/executions:run', runBody, acting(name)),
        ]) {
          expectProblem(await call, 404, 'PROJECT_NOT_FOUND');
        }
        const answer = await project.admin.get('/v1/me', acting(name));
        return JSON.stringify(answer.body).replace(
          JSON.stringify(name).slice(1, -1).replaceAll('"', '\\"'),
          '',
        );
      },
    );
    expect(new Set(await Promise.all(bodies)).size).toBe(1);
  });

  it('opens nothing without a right key', async () => {
    const anonymous = api(stage.ledger.url, null);
    for (const name of [project.name, 'no such project']) {
      expectProblem(await anonymous.get('/v1/prompts', acting(name)), 401, 'UNAUTHORIZED');
      expectProblem(
        await api(stage.ledger.url, `${project.admin.key}x`).get('/v1/prompts', acting(name)),
        401,
        'UNAUTHORIZED',
      );
    }
  });
});

describe('GET /v1/me', () => {
  it('tells a key of nobody what it is', async () => {
    const project = await makeProject(stage);
    const key = await makeKey(stage, project.admin, { scopes: ['executions:read', 'prompts:read'] });
    const ref = { project_id: project.id, name: project.name };
    expect((await key.get('/v1/me')).body).toEqual({
      kind: 'key',
      user_id: null,
      email: null,
      project: ref,
      projects: [ref],
      role: null,
      scopes: ['prompts:read', 'executions:list', 'executions:read'],
      teams: [],
      csrf_token: null,
    });
  });

  it('tells the instance of all projects, and a user of the one that the key is for', async () => {
    const project = await makeProject(stage);
    const { body } = await stage.admin.get<{ projects: ApiBody[] } & ApiBody>('/v1/me');
    expect(body).toMatchObject({ kind: 'instance', role: 'admin', project: { name: 'default' } });
    expect(body.projects).toContainEqual({ project_id: project.id, name: project.name });
    const member = await memberClient(stage, 'viewer');
    expect((await member.get('/v1/me')).body).toMatchObject({
      kind: 'service',
      projects: [{ name: 'default' }],
    });
  });
});

it('a key that is made for a project is of that project', async () => {
  const project = await makeProject(stage);
  const body = { name: 'reader', scopes: ['prompts:read'] };
  const made = expectMade(await stage.admin.post(`/v1/projects/${project.id}/keys`, body));
  await putPrompt(project.admin, 'theirs', 'x');
  expect((await toClient(stage, made).get('/v1/prompts/theirs')).status).toBe(200);
  expectProblem(await stage.admin.post(`/v1/projects/${UNKNOWN_ID}/keys`, body), 404, 'PROJECT_NOT_FOUND');
});
