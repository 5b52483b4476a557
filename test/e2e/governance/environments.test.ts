import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { EventStreamClient } from '../../support/event-stream-client.js';
import { move, putVersions, rollBack, run, setRules } from './environments.js';
import { clientWith, otherProject } from '../other-project.js';
import { recordOne } from '../recording/record-entries.js';
import {
  ADMIN_KEY,
  ANY_ID,
  ANY_TIME,
  ECHO,
  expectProblem,
  getExecution,
  promptPath,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

let stage: Stage;
let admin: ApiClient;

beforeAll(async () => {
  stage = await startStage();
  admin = stage.admin;
});
afterAll(() => stage.close());

const movesOf = async (name: string, query = '') =>
  (await admin.get<{ moves: ApiBody[]; next_cursor: string | null }>(`${promptPath(name)}/moves${query}`))
    .body;
const environmentsOf = async (name: string) =>
  (await admin.get<{ environments: ApiBody[] }>(`${promptPath(name)}/environments`)).body.environments;
const readIn = async (name: string, environment: string) =>
  (
    await admin.get<{ active_version: { version_number: number } | null }>(
      `${promptPath(name)}?environment=${encodeURIComponent(environment)}`,
    )
  ).body.active_version?.version_number;

it('a prompt is read in one environment, and by no parameter that is unknown', async () => {
  await admin.put(promptPath('one-reading'), { template_source: 'Hi', set_active: true });
  expect(await readIn('one-reading', 'prod')).toBe(1);
  for (const query of [
    'enviroment=prod',
    'environment=',
    'environment=a&environment=b',
    'environment[]=prod',
  ]) {
    expectProblem(await admin.get(`${promptPath('one-reading')}?${query}`), 400, 'VALIDATION_FAILED');
  }
});

describe('the rules of environments', () => {
  it('are those of dev, staging and prod at first, none protected', async () => {
    const { body } = await admin.get<{ environments: ApiBody[] }>('/v1/environments');
    expect(body.environments).toEqual(
      ['dev', 'prod', 'staging'].map((name) => ({
        name,
        protected: false,
        approvals: { required: 1, teams: [] },
        evidence: null,
        change_ttl_h: 72,
        revision: 1,
        created_at: ANY_TIME,
        updated_at: ANY_TIME,
      })),
    );
  });

  it('are kept, and what is left out stays', async () => {
    const first = await setRules(admin, 'eu/prod 1', { approvals: { required: 3 }, change_ttl_h: 5 });
    expect(first).toMatchObject({ status: 200, body: { name: 'eu/prod 1', protected: false, revision: 1 } });
    const second = await setRules(admin, 'eu/prod 1', { approvals: { teams: ['release'] }, evidence: null });
    expect(second.body).toMatchObject({
      approvals: { required: 3, teams: ['release'] },
      change_ttl_h: 5,
      revision: 2,
      prompts_without_pointer: [],
    });
  });

  it('take a revision and an entry in the audit log only when they change', async () => {
    await setRules(admin, 'audited', { change_ttl_h: 10 });
    await setRules(admin, 'audited', { change_ttl_h: 10 });
    const { body } = await setRules(admin, 'audited', { change_ttl_h: 20 });
    expect(body['revision']).toBe(2);
    const entries = await stage.sql(
      `SELECT action, before, after FROM audit_log WHERE subject = 'environment/audited' ORDER BY audit_id`,
    );
    expect(entries).toMatchObject([
      { action: 'environment.put', before: null, after: { change_ttl_h: 10 } },
      { action: 'environment.put', before: { change_ttl_h: 10 }, after: { change_ttl_h: 20 } },
    ]);
  });

  it.each<[string, string, ApiBody]>([
    ['a reserved one', 'experiment', { protected: true }],
    ['a reserved one', 'playground', { protected: false }],
    ['no approval', 'qa', { approvals: { required: 0 } }],
    ['more approvals than ten', 'qa', { approvals: { required: 11 } }],
    ['a team twice', 'qa', { approvals: { teams: ['a', 'a'] } }],
    ['evidence', 'qa', { evidence: { experiments: 1 } }],
    ['no time for a change', 'qa', { change_ttl_h: 0 }],
    ['a protection that is none', 'qa', { protected: 'yes' }],
    ['null', 'qa', { protected: null }],
    ['an unknown member', 'qa', { revision: 7 }],
    ['a name that is too long', 'q'.repeat(101), {}],
  ])('refuse %s: %s', async (_, name, rules) => {
    expectProblem(await setRules(admin, name, rules), 400, 'VALIDATION_FAILED');
  });

  it('are changed by who may, read by who reads prompts', async () => {
    const editor = await clientWith(stage, ['prompts:read', 'prompts:write', 'environments:move']);
    expect((await editor.get('/v1/environments')).status).toBe(200);
    expectProblem(await setRules(editor, 'qa', {}), 403, 'FORBIDDEN');
  });
});

describe('a version of a prompt', () => {
  it('is moved to an environment, and runs there', async () => {
    const hashes = await putVersions(admin, 'team/moved', 2);
    const moved = await move(admin, 'team/moved', 'prod', 1, { reason: 'first release' });
    expect(moved).toMatchObject({
      status: 200,
      body: {
        prompt: { prompt_id: ANY_ID, name: 'team/moved', mode: 'full' },
        environment: 'prod',
        version: { version_id: ANY_ID, version_number: 1, checksum_hash: hashes[0], status: 'active' },
        moved: true,
      },
    });
    expect(Object.keys(moved.body)).toEqual(['prompt', 'environment', 'version', 'moved']);
    expect((await move(admin, 'team/moved', 'prod', 1)).body['moved']).toBe(false);
    expect((await run(admin, 'team/moved', 'prod')).body).toMatchObject({
      version_number: 1,
      environment: 'prod',
      resolved_by: 'environment',
    });
    expect((await run(admin, 'team/moved', 'staging')).body).toMatchObject({
      version_number: 2,
      resolved_by: 'active',
    });
    expect((await run(admin, 'team/moved', null)).body).toMatchObject({
      version_number: 2,
      environment: 'default',
      resolved_by: 'active',
    });
    expect((await run(admin, 'team/moved', 'prod', { version_number: 2 })).body).toMatchObject({
      version_number: 2,
      resolved_by: 'version_number',
    });
    expect([await readIn('team/moved', 'prod'), await readIn('team/moved', 'dev')]).toEqual([1, 2]);
    expect(await environmentsOf('team/moved')).toEqual([
      {
        environment: 'default',
        version_number: 2,
        checksum_hash: hashes[1],
        moved_at: ANY_TIME,
        moved_by: 'admin',
        protected: false,
      },
      {
        environment: 'prod',
        version_number: 1,
        checksum_hash: hashes[0],
        moved_at: ANY_TIME,
        moved_by: 'admin',
        protected: false,
      },
    ]);
  });

  it('is active when it is moved to default', async () => {
    await putVersions(admin, 'active', 2);
    await move(admin, 'active', 'default', 1);
    expect((await run(admin, 'active', null)).body).toMatchObject({
      version_number: 1,
      resolved_by: 'active',
    });
    const { body } = await admin.get<{ active_version: ApiBody }>(promptPath('active'));
    expect(body.active_version['version_number']).toBe(1);
  });

  it('runs where it is, though none is active', async () => {
    await admin.put(promptPath('inactive'), { template_source: 'Hi {{x}}' });
    expectProblem(await run(admin, 'inactive', 'prod'), 409, 'NO_ACTIVE_VERSION');
    await move(admin, 'inactive', 'prod', 1);
    for (const _ of [1, 2]) expect((await run(admin, 'inactive', 'prod')).body.version_number).toBe(1);
    expectProblem(await run(admin, 'inactive', 'dev'), 409, 'NO_ACTIVE_VERSION');
    await admin.post(`${promptPath('inactive')}/versions/1:activate`);
    expect((await run(admin, 'inactive', 'dev')).body.resolved_by).toBe('active');
  });

  it.each<[string, string, number, number, string]>([
    ['a prompt that is not there', 'nowhere', 1, 404, 'PROMPT_NOT_FOUND'],
    ['a version that is not there', 'refused', 9, 404, 'VERSION_NOT_FOUND'],
    ['a number that is none', 'refused', 0, 400, 'VALIDATION_FAILED'],
  ])('is not moved: %s', async (_, name, number, status, code) => {
    await putVersions(admin, 'refused', 1);
    expectProblem(await move(admin, name, 'prod', number), status, code);
    expectProblem(await rollBack(admin, 'nowhere', 'prod'), 404, 'PROMPT_NOT_FOUND');
  });

  it('is moved by who may', async () => {
    await putVersions(admin, 'scoped', 1);
    const writer = await clientWith(stage, ['prompts:read', 'prompts:write']);
    const mover = await clientWith(stage, ['environments:move']);
    expectProblem(await move(writer, 'scoped', 'prod', 1), 403, 'FORBIDDEN');
    expectProblem(await rollBack(writer, 'scoped', 'prod'), 403, 'FORBIDDEN');
    expect((await move(mover, 'scoped', 'prod', 1)).status).toBe(200);
  });

  it('is not seen by another project', async () => {
    await putVersions(admin, 'secret', 1);
    const other = await otherProject(stage);
    expectProblem(await other.get(`${promptPath('secret')}/environments`), 404, 'PROMPT_NOT_FOUND');
    expectProblem(await other.get(`${promptPath('secret')}/moves`), 404, 'PROMPT_NOT_FOUND');
    expect((await other.get('/v1/environments')).body).toEqual({ environments: [] });
  });
});

describe('what runs in an environment', () => {
  const body = { prompt_name: 'everywhere', environment: 'prod', variables: { x: 'you' }, model: ECHO };
  const [OWN, ACTIVE] = [1, 2];

  beforeAll(async () => {
    await putVersions(admin, 'everywhere', ACTIVE);
    await move(admin, 'everywhere', 'prod', OWN);
  });

  it.each<[string, () => Promise<ApiBody>]>([
    [':submit', async () => untilFinal(admin, await submit(admin, body))],
    [
      ':stream',
      async () => {
        const stream = await EventStreamClient.open(stage.ledger.url, body, { apiKey: ADMIN_KEY });
        const begun = await stream.next();
        expect(begun).toMatchObject({ event: 'execution', data: { resolved_by: 'environment' } });
        for (let event = begun; event !== null; event = await stream.next())
          if (event.event === 'done') return event.data;
        throw new Error('the stream has no end');
      },
    ],
    [
      'a batch',
      async () => {
        const { variables, ...shared } = body;
        const batch = await admin.post<{ execution_ids: string[] }>('/v1/executions:submit-batch', {
          ...shared,
          entries: [{ variables }],
        });
        return untilFinal(admin, batch.body.execution_ids[0] as string);
      },
    ],
    [
      'the OpenAI-compatible API',
      async () => {
        const answer = await admin.post('/openai/v1/chat/completions', {
          model: 'prompt/everywhere',
          prompt_variables: body.variables,
          prompt_model: 'echo/echo',
          environment: 'prod',
        });
        return getExecution(admin, answer.headers.get('x-execution-id') ?? '');
      },
    ],
    [
      ':record',
      () =>
        recordOne(stage, {
          ...body,
          status: 'succeeded',
          response_text: 'Hi',
          started_at: '2026-11-24T10:00:00.000Z',
        }),
    ],
    ['the fast path', async () => (await run(admin, 'everywhere', 'prod')).body],
    [
      'a request with a query, which is no plain one',
      async () => (await admin.post('/v1/executions:run?', body)).body,
    ],
  ])('is its own version by %s', async (_, execute) => {
    expect(await execute()).toMatchObject({ version_number: OWN, resolved_by: 'environment' });
  });

  it('is told of a call without a prompt as nothing', async () => {
    const answer = await admin.post('/openai/v1/chat/completions', {
      model: 'echo/echo',
      environment: 'prod',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const id = answer.headers.get('x-execution-id') ?? '';
    expect(await getExecution(admin, id)).toMatchObject({ prompt_name: null, resolved_by: null });
  });

  it('is in lists', async () => {
    const { body: list } = await admin.get<{ executions: ApiBody[] }>(
      '/v1/executions?prompt_name=everywhere&environment=prod',
    );
    expect(new Set(list.executions.map((each) => each['resolved_by']))).toEqual(new Set(['environment']));
  });
});

describe('the history of a prompt', () => {
  it('has every move, newest first, in pages', async () => {
    await putVersions(admin, 'history', 3);
    await move(admin, 'history', 'prod', 1);
    await move(admin, 'history', 'prod', 3, { reason: 'faster' });
    await move(admin, 'history', 'dev', 2);
    await rollBack(admin, 'history', 'prod', 'too fast');
    const all = await movesOf('history');
    expect(all.next_cursor).toBeNull();
    expect(all.moves).toMatchObject([
      { environment: 'prod', from_version: 3, to_version: 1, reason: 'too fast' },
      { environment: 'dev', from_version: null, to_version: 2, reason: null },
      { environment: 'prod', from_version: 1, to_version: 3, reason: 'faster' },
      { environment: 'prod', from_version: null, to_version: 1, reason: null },
      { environment: 'default', from_version: 2, to_version: 3 },
      { environment: 'default', from_version: 1, to_version: 2 },
      { environment: 'default', from_version: null, to_version: 1 },
    ]);
    expect(all.moves[0]).toEqual({
      environment: 'prod',
      from_version: 3,
      to_version: 1,
      moved_by: 'admin',
      moved_at: ANY_TIME,
      reason: 'too fast',
      change_id: null,
      emergency: false,
    });
    const pages: ApiBody[] = [];
    let cursor = '';
    do {
      const page = await movesOf('history', `?limit=2${cursor}`);
      pages.push(...page.moves);
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    expect(pages).toEqual(all.moves);
    expect((await movesOf('history', '?environment=prod')).moves).toHaveLength(3);
  });

  it('refuses a cursor of somebody else', async () => {
    await putVersions(admin, 'cursor', 1);
    for (const cursor of [
      'x',
      Buffer.from('"a"').toString('base64url'),
      Buffer.from('1.5').toString('base64url'),
    ]) {
      const answer = await admin.get(`${promptPath('cursor')}/moves?cursor=${cursor}`);
      expectProblem(answer, 400, 'VALIDATION_FAILED');
    }
  });
});

describe('a rollback', () => {
  it('goes to the version before, and back again', async () => {
    await putVersions(admin, 'back', 2);
    await move(admin, 'back', 'prod', 1);
    await move(admin, 'back', 'prod', 2);
    const { status, body } = await rollBack(admin, 'back', 'prod');
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { environment: 'prod', version: { version_number: 1 }, moved: true },
    });
    expect((await run(admin, 'back', 'prod')).body.version_number).toBe(1);
    await rollBack(admin, 'back', 'prod');
    expect((await run(admin, 'back', 'prod')).body.version_number).toBe(2);
  });

  it.each([
    ['no version', 'dev'],
    ['one version only', 'prod'],
  ])('has nowhere to go where %s ran: %s', async (_, environment) => {
    await putVersions(admin, 'first', 1);
    await move(admin, 'first', 'prod', 1);
    expectProblem(await rollBack(admin, 'first', environment), 404, 'VERSION_NOT_FOUND');
  });

  it('says why', async () => {
    await putVersions(admin, 'why', 1);
    const answer = await admin.post(`${promptPath('why')}/environments/prod:rollback`, {});
    expectProblem(answer, 400, 'VALIDATION_FAILED');
  });

  it('of many at once takes one move back each time', async () => {
    await putVersions(admin, 'crowd', 2);
    await move(admin, 'crowd', 'prod', 1);
    await move(admin, 'crowd', 'prod', 2);
    const answers = await Promise.all(Array.from({ length: 7 }, () => rollBack(admin, 'crowd', 'prod')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await run(admin, 'crowd', 'prod')).body.version_number).toBe(1);
    expect((await movesOf('crowd', '?environment=prod')).moves).toHaveLength(9);
  });
});

describe('code that is registered for an environment', () => {
  const register = (template_source: string, environment?: string, more: ApiBody = {}) =>
    admin.post<{ registered: ApiBody[] }>('/v1/prompts/register-code', {
      prompts: [{ name: 'CODE', template_source }],
      ...(environment === undefined ? {} : { environment }),
      ...more,
    });

  it('moves the pointer of that environment, and no other', async () => {
    expect((await register('one {{x}}', 'staging')).body.registered).toMatchObject([
      { version: 1, change_detected: false, previous_version: null, outcome: 'new' },
    ]);
    expectProblem(await run(admin, 'CODE', null), 409, 'NO_ACTIVE_VERSION');
    expect((await run(admin, 'CODE', 'staging')).body.version_number).toBe(1);
    await register('two {{x}}');
    expect((await register('three {{x}}', 'staging', { dry_run: true })).body.registered).toMatchObject([
      { version: 3, change_detected: true, previous_version: 1 },
    ]);
    expect((await register('three {{x}}', 'staging')).body.registered).toMatchObject([
      { version: 3, change_detected: true, previous_version: 1 },
    ]);
    expect((await register('three {{x}}', 'staging')).body.registered).toMatchObject([
      { version: 3, outcome: 'unchanged' },
    ]);
    expect(await environmentsOf('CODE')).toMatchObject([
      { environment: 'default', version_number: 2 },
      { environment: 'staging', version_number: 3 },
    ]);
    const executed = await admin.post(`${promptPath('CODE')}/execute`, {
      variables: { x: 1 },
      provider: 'echo',
      model_name: 'echo',
      environment: 'staging',
    });
    expect(executed.body).toMatchObject({ version_used: 3 });
  });
});
