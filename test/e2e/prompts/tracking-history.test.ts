import { createHash } from 'node:crypto';
import { api, type ApiBody, type ApiClient } from '../../support/api-client.js';
import { type ExecutionOptions, insertExecution } from '../../support/rows/execution-rows.js';
import { startLedger } from '../../support/servers/processes.js';
import { clientWith, otherProject } from '../other-project.js';
import {
  ADMIN_KEY,
  ANY_TIME,
  ECHO,
  expectProblem,
  getExecution,
  OPENAI,
  promptPath,
  putPrompt,
  type Stage,
  startStage,
  submit,
  untilFinal,
} from '../stage.js';

const HOUR_S = 3_600;
const REGISTER = '/v1/prompts/register-code';
const MIGRATE = '/v1/prompts:migrate-to-full';
const GIT = { commit: 'a'.repeat(40), branch: 'main', repository: 'acme/app', dirty: false };
const LATER = { ...GIT, commit: 'b'.repeat(40) };

interface History {
  readonly prompt_name: string;
  readonly mode: string;
  readonly current_version: number | null;
  readonly versions: readonly ApiBody[];
}

let stage: Stage;

beforeAll(async () => {
  stage = await startStage({ DEFAULT_MODEL: 'echo/echo' });
});
afterAll(() => stage.close());

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

async function register(name: string, template_source: string, git: ApiBody = GIT, line = 1): Promise<void> {
  const source = { file: 'src/prompts.ts', line };
  const answer = await stage.admin.post(REGISTER, { prompts: [{ name, template_source, source }], git });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

const execute = (name: string, body: ApiBody = {}) =>
  stage.admin.post<{ execution_id: string }>(`${promptPath(name)}/execute`, body);
const history = (name: string, query = '', client: ApiClient = stage.admin) =>
  client.get<History & ApiBody>(`${promptPath(name)}/history${query}`);
const migrate = (...prompts: ApiBody[]) => stage.admin.post(MIGRATE, { prompts });
const pointersOf = (body: ApiBody) => (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);

describe('the history of a prompt', () => {
  it('has every version, newest first, with its place in code and its executions', async () => {
    await register('team/TOLD', 'one', GIT, 12);
    await execute('team/TOLD');
    await execute('team/TOLD', { version: 1 });
    await register('team/TOLD', 'two', LATER, 14);
    await execute('team/TOLD', { template_hash: sha256('two') });
    await register('team/TOLD', 'one', LATER, 16);
    const answer = await history('team/TOLD');
    const version = { created_at: ANY_TIME };
    const git = { file: 'src/prompts.ts', registered_at: ANY_TIME };
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        prompt_name: 'team/TOLD',
        mode: 'tracking',
        current_version: 1,
        versions: [
          {
            ...version,
            version: 2,
            template_hash: sha256('two'),
            template_source: 'two',
            execution_count: 1,
            git: { ...LATER, ...git, line: 14 },
          },
          {
            ...version,
            version: 1,
            template_hash: sha256('one'),
            template_source: 'one',
            execution_count: 2,
            git: { ...GIT, ...git, line: 12 },
          },
        ],
      },
    ]);
    for (const mode of ['full', 'tracking', 'all']) {
      expect((await history('team/TOLD', `?mode=${mode}`)).body).toEqual(answer.body);
    }
  });

  it('counts what is over, whatever its end, and not what waits', async () => {
    await register('COUNTED', '{{ x }}');
    await execute('COUNTED', { variables: { x: 1 } });
    await untilFinal(stage.admin, await submit(stage.admin, { prompt_name: 'COUNTED', variables: { x: 2 } }));
    stage.openai.behave({ kind: 'error', status: 400 });
    const refused = await execute('COUNTED', { variables: { x: 3 }, model: OPENAI });
    expectProblem(refused, 502, 'PROVIDER_REJECTED');
    stage.openai.reset();
    const [ids] = await stage.sql<{
      projectId: string;
      promptId: string;
      versionId: string;
      modelId: string;
    }>(
      `SELECT e.project_id AS "projectId", prompt_id AS "promptId", version_id AS "versionId", model_id AS "modelId"
       FROM executions_all e JOIN prompts USING (project_id, prompt_id) WHERE name = 'COUNTED' LIMIT 1`,
    );
    const insert = (options: ExecutionOptions) =>
      insertExecution(stage.owner, ids!.projectId, ids!, { promptMode: 'tracking', ...options });
    const canceled = await insert({ dueInS: HOUR_S });
    expect(await stage.admin.post(`/v1/executions/${canceled}:cancel`)).toMatchObject({ status: 200 });
    await insert({ dueInS: HOUR_S });
    await insert({ status: 'running', leaseInS: HOUR_S });
    expect((await history('COUNTED')).body.versions).toMatchObject([{ execution_count: 4 }]);
  });

  it('leads to the latest commit where the first led nowhere', async () => {
    await register('UNCLEAN', 'text', { ...GIT, dirty: true });
    await register('UNCLEAN', 'text', LATER, 3);
    await register('BLIND', 'text', {});
    await register('BLIND', 'text', LATER, 4);
    for (const [name, line] of [
      ['UNCLEAN', 3],
      ['BLIND', 4],
    ] as const) {
      expect((await history(name)).body.versions).toMatchObject([{ git: { ...LATER, line } }]);
      const { body } = await execute(name);
      const { git } = await getExecution(stage.admin, body.execution_id);
      expect(git).toMatchObject({ ...LATER, file: 'src/prompts.ts', line });
    }
  });

  it('is there for managed prompts too, of texts and of messages', async () => {
    const messages = [{ role: 'user', content: 'Hi {{name}}' }];
    const { version } = await putPrompt(stage.admin, 'CHAT', messages);
    expect((await history('CHAT')).body).toEqual({
      prompt_name: 'CHAT',
      mode: 'full',
      current_version: 1,
      versions: [
        {
          version: 1,
          template_hash: version.checksum_hash,
          messages,
          created_at: ANY_TIME,
          execution_count: 0,
          git: null,
        },
      ],
    });
    await stage.admin.put(promptPath('DRAFT'), { template_source: 'x' });
    expect((await history('DRAFT')).body).toMatchObject({ current_version: null, mode: 'full' });
  });

  it('is refused with a mode that is none, for a prompt that is not there, and without the scope', async () => {
    expectProblem(await history('CHAT', '?mode=both'), 400, 'VALIDATION_FAILED');
    expectProblem(await history('CHAT', '?limit=1'), 400, 'VALIDATION_FAILED');
    expectProblem(await history('NOBODY'), 404, 'PROMPT_NOT_FOUND');
    expectProblem(await history('CHAT', '', await otherProject(stage)), 404, 'PROMPT_NOT_FOUND');
    expectProblem(await history('CHAT', '', await clientWith(stage, ['prompts:write'])), 403, 'FORBIDDEN');
  });
});

describe('moving to full mode', () => {
  it('keeps versions, numbers and executions', async () => {
    await register('MOVED', 'one');
    await register('MOVED', 'two');
    const { body } = await execute('MOVED');
    const before = await history('MOVED');
    const answer = await migrate({ name: 'MOVED' });
    expect([answer.status, answer.body]).toEqual([
      200,
      { migrated: [{ name: 'MOVED', mode: 'full', version: 2, version_change: false }] },
    ]);
    expect((await history('MOVED')).body).toEqual({ ...before.body, mode: 'full' });
    expect(await getExecution(stage.admin, body.execution_id)).toMatchObject({ version_number: 2 });
    const put = await putPrompt(stage.admin, 'MOVED', 'three');
    expect(put).toMatchObject({ version: { version_number: 3 }, version_change: true });
    expect((await stage.admin.post(`${promptPath('MOVED')}/versions/1:activate`)).status).toBe(200);
  });

  it('begins with the template that is sent, as a new version or an old one', async () => {
    await register('TEXT_NEW', 'one');
    await register('TEXT_OLD', 'one');
    await register('TEXT_OLD', 'two');
    await register('TEXT_SAME', 'one');
    const answer = await migrate(
      { name: 'TEXT_NEW', template_source: 'another {{x}}' },
      { name: 'TEXT_OLD', template_source: 'one' },
      { name: 'TEXT_SAME', template_source: 'one' },
    );
    expect(answer.body).toEqual({
      migrated: [
        { name: 'TEXT_NEW', mode: 'full', version: 2, version_change: true },
        { name: 'TEXT_OLD', mode: 'full', version: 1, version_change: false },
        { name: 'TEXT_SAME', mode: 'full', version: 1, version_change: false },
      ],
    });
    expect((await stage.admin.get(promptPath('TEXT_NEW'))).body).toMatchObject({
      mode: 'full',
      active_version: { version_number: 2, template_source: 'another {{x}}', variables: ['x'] },
    });
    const { body } = await history('TEXT_OLD');
    expect(body).toMatchObject({ current_version: 1, mode: 'full' });
    expect((await history('TEXT_NEW')).body.versions).toMatchObject([{ git: null }, { git: GIT }]);
  });

  it('leaves old code running, and lets it register no more', async () => {
    await register('OLD_CODE', 'old {{x}}');
    await migrate({ name: 'OLD_CODE' });
    await putPrompt(stage.admin, 'OLD_CODE', 'managed {{x}}');
    const hashed = { template_hash: sha256('old {{x}}'), variables: { x: 1 } };
    expect((await execute('OLD_CODE', hashed)).body).toMatchObject({
      prompt_mode: 'full',
      version_used: 1,
      response_text: 'old 1',
    });
    const run = { prompt_name: 'OLD_CODE', variables: { x: 2 }, model: ECHO };
    expect((await stage.admin.post('/v1/executions:run', run)).body).toMatchObject({
      response_text: 'managed 2',
    });
    expectProblem(await execute('OLD_CODE', { variables: { x: 3 } }), 400, 'PROMPT_MODE_MISMATCH');
    const again = await stage.admin.post(REGISTER, {
      prompts: [{ name: 'OLD_CODE', template_source: 'old {{x}}' }],
    });
    expectProblem(again, 400, 'PROMPT_MODE_MISMATCH');
    const modes = await stage.sql(
      `SELECT prompt_mode, count(*)::int FROM executions_all JOIN prompts USING (project_id, prompt_id) WHERE name = 'OLD_CODE' GROUP BY 1`,
    );
    expect(modes).toEqual([{ prompt_mode: 'full', count: 2 }]);
  });

  it('is seen at once by every process', async () => {
    const second = await startLedger({ env: { ...stage.env, DEFAULT_MODEL: 'echo/echo', WORKER: 'off' } });
    const other = api(second.url, ADMIN_KEY);
    await register('SEEN', 'text');
    const run = () => other.post(`${promptPath('SEEN')}/execute`, {});
    expect((await run()).status).toBe(200);
    await migrate({ name: 'SEEN', template_source: 'other text' });
    expectProblem(await run(), 400, 'PROMPT_MODE_MISMATCH');
    await second.stop();
  });

  it('is one move and one revision for many, with an audit entry each', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `many/${index}`);
    for (const name of names) await register(name, 'text');
    const [before] = await stage.sql<{ at: string }>(
      `SELECT registry_revision AS at FROM projects WHERE name = 'default'`,
    );
    expect((await migrate(...names.map((name) => ({ name })))).status).toBe(200);
    const rows = await stage.sql<{ mode: string; at: string }>(
      `SELECT DISTINCT mode, registry_revision AS at FROM prompts WHERE name LIKE 'many/%'`,
    );
    expect(rows).toEqual([{ mode: 'full', at: String(Number(before?.at) + 1) }]);
    const entries = await stage.sql<{ subject: string }>(
      `SELECT subject FROM audit_log WHERE action = 'prompt.migrate' AND after ->> 'mode' = 'full' AND subject LIKE 'prompt/many/%'`,
    );
    expect(entries.map(({ subject }) => subject).sort()).toEqual(
      names.map((name) => `prompt/${name}`).sort(),
    );
  });

  describe('is refused, and moves none,', () => {
    beforeAll(async () => {
      await register('STAYS', 'text');
      await putPrompt(stage.admin, 'FULL', 'text');
    });
    const stays = { name: 'STAYS' };
    const cases: [string, unknown, number, string, string[]][] = [
      ['without prompts', {}, 400, 'NO_PROMPTS', ['/prompts']],
      ['with an empty list', { prompts: [] }, 400, 'NO_PROMPTS', ['/prompts']],
      [
        'with unknown prompts',
        { prompts: [{ name: 'X' }, stays, { name: 'Y' }] },
        404,
        'PROMPT_NOT_FOUND',
        ['/prompts/0', '/prompts/2'],
      ],
      [
        'with a prompt in full mode',
        { prompts: [stays, { name: 'FULL' }] },
        400,
        'PROMPT_MODE_MISMATCH',
        ['/prompts/1'],
      ],
      ['with a name twice', { prompts: [stays, stays] }, 400, 'VALIDATION_FAILED', ['/prompts/1/name']],
      [
        'with a template that does not parse',
        { prompts: [{ ...stays, template_source: '{{' }] },
        422,
        'TEMPLATE_INVALID',
        ['/prompts/0/template_source'],
      ],
      [
        'with a wrong type',
        { prompts: [{ ...stays, template_source: 1 }] },
        400,
        'VALIDATION_FAILED',
        ['/prompts/0/template_source'],
      ],
      [
        'with an unknown field',
        { prompts: [{ ...stays, mode: 'full' }] },
        400,
        'VALIDATION_FAILED',
        ['/prompts/0/mode'],
      ],
    ];

    it.each(cases)('%s', async (_what, body, status, code, pointers) => {
      const answer = await stage.admin.post(MIGRATE, body);
      expectProblem(answer, status, code);
      expect(pointersOf(answer.body)).toEqual(pointers);
      expect((await history('STAYS')).body).toMatchObject({ mode: 'tracking', current_version: 1 });
      expect((await history('STAYS')).body.versions).toHaveLength(1);
    });

    it('for another project, and without the scope', async () => {
      const other = await otherProject(stage);
      expectProblem(await other.post(MIGRATE, { prompts: [stays] }), 404, 'PROMPT_NOT_FOUND');
      const reader = await clientWith(stage, ['prompts:read', 'executions:run']);
      expectProblem(await reader.post(MIGRATE, { prompts: [stays] }), 403, 'FORBIDDEN');
    });
  });
});
