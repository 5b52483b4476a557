import { createHash } from 'node:crypto';
import type { ApiBody, ApiClient, ApiResponse } from '../../support/api-client.js';
import { clientWith, otherProject } from '../other-project.js';
import { ANY_ID, ECHO, expectProblem, promptPath, putPrompt, type Stage, startStage } from '../stage.js';

const REGISTER = '/v1/prompts/register-code';
const COMMIT = '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12';
const GIT = { commit: COMMIT, branch: 'main', repository: 'acme/app', dirty: false };

interface Registered {
  readonly registered: readonly {
    readonly name: string;
    readonly mode: string;
    readonly version: number;
    readonly change_detected: boolean;
    readonly previous_version: number | null;
  }[];
}

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

/** Builds a request from templates by name. */
const bodyOf = (templates: Readonly<Record<string, string>>, more: ApiBody = {}) => ({
  prompts: Object.entries(templates).map(([name, template_source]) => ({ name, template_source })),
  ...more,
});

async function register(
  templates: Readonly<Record<string, string>>,
  more: ApiBody = {},
  client: ApiClient = stage.admin,
): Promise<Registered['registered']> {
  const answer = await client.post<Registered>(REGISTER, bodyOf(templates, more));
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.registered;
}

const send = (body: unknown) => stage.admin.post(REGISTER, body);
const activeOf = async (name: string) =>
  (await stage.admin.get<{ active_version: ApiBody | null }>(promptPath(name))).body.active_version;
const versionsOf = async (name: string) =>
  (await stage.admin.get<ApiBody[]>(`${promptPath(name)}/versions`)).body;
const pointersOf = ({ body }: ApiResponse<ApiBody>) =>
  (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);

async function rowsOf(name: string): Promise<ApiBody[]> {
  return stage.sql(
    `SELECT v.version_number, v.first_registration, v.latest_registration FROM prompt_versions v
     JOIN prompts p USING (project_id, prompt_id) WHERE p.name = $1 AND p.deleted_at IS NULL ORDER BY v.version_number`,
    [name],
  );
}

/** Returns everything that a refusal must not have touched. */
async function everything(): Promise<unknown> {
  const [row] = await stage.sql<{ all: unknown }>(
    `SELECT json_build_array((SELECT json_agg(p ORDER BY prompt_id) FROM prompts p), (SELECT count(*) FROM prompt_versions),
       (SELECT json_agg(pp ORDER BY prompt_id) FROM prompt_pointers pp), (SELECT count(*) FROM pointer_moves),
       (SELECT count(*) FROM audit_log), (SELECT max(registry_revision) FROM projects)) AS all`,
  );
  return row?.all;
}

describe('registering code', () => {
  it('makes prompts, active at once, in the order sent', async () => {
    const templates = { WELCOME: 'Hello {{name}}, welcome to {{app}}!', 'team/ORDER': 'Order {{order_id}}' };
    expect(await register(templates, { git: GIT })).toEqual(
      ['WELCOME', 'team/ORDER'].map((name) => ({
        name,
        mode: 'tracking',
        version: 1,
        change_detected: false,
        previous_version: null,
        outcome: 'new',
        warnings: [],
      })),
    );
    expect((await stage.admin.get(promptPath('WELCOME'))).body).toMatchObject({
      mode: 'tracking',
      active_version: {
        version_number: 1,
        status: 'active',
        template_source: templates.WELCOME,
        checksum_hash: sha256(templates.WELCOME),
        variables: ['name', 'app'],
      },
    });
  });

  it('takes the form of the answer, and says what vendors will refuse of it, as often as it is asked', async () => {
    const response_format = {
      type: 'json_schema',
      json_schema: {
        name: 'order',
        schema: {
          type: 'object',
          properties: { size: { type: 'integer', minimum: 1 } },
          required: ['size'],
          additionalProperties: false,
        },
      },
    };
    const warnings = [
      {
        pointer: '/response_format/json_schema/schema/properties/size/minimum',
        vendors: ['anthropic'],
        message: '"minimum" is not a supported keyword',
      },
    ];
    const prompts = [
      { name: 'formed', template_source: '{"size": {{size}}}', response_format },
      { name: 'free', template_source: 'x', response_format: { type: 'text' } },
    ];
    const registered = [{ warnings }, { warnings: [] }];
    expect(await send({ prompts, dry_run: true })).toMatchObject({ status: 200, body: { registered } });
    expect(await send({ prompts })).toMatchObject({ status: 200, body: { registered } });
    expect((await send({ prompts })).body).toMatchObject({
      registered: [{ outcome: 'unchanged', version: 1, warnings }, { warnings: [] }],
    });
    expect((await stage.admin.get(promptPath('formed'))).body).toMatchObject({
      active_version: { response_format },
    });
    const run = await stage.admin.post('/v1/executions:run', {
      prompt_name: 'formed',
      variables: { size: 0 },
      model: ECHO,
    });
    expect(run.body).toMatchObject({ output_valid: false });
    expectProblem(
      await send({ prompts: [{ ...prompts[0], response_format: { type: 'xml' } }] }),
      400,
      'VALIDATION_FAILED',
    );
  });

  it('again changes nothing', async () => {
    await register({ SAME: 'one', SAME_TOO: 'two' }, { git: GIT });
    const before = await everything();
    expect(await register({ SAME_TOO: 'two', SAME: 'one' }, { git: GIT })).toMatchObject([
      { name: 'SAME_TOO', version: 1, change_detected: false, previous_version: null },
      { name: 'SAME', version: 1, change_detected: false, previous_version: null },
    ]);
    expect(await everything()).toEqual(before);
  });

  it('follows the code to the next version, and back to an old one', async () => {
    await register({ FOLLOWED: 'one' });
    expect(await register({ FOLLOWED: 'two' })).toMatchObject([
      { version: 2, change_detected: true, previous_version: 1 },
    ]);
    expect(await register({ FOLLOWED: 'three' })).toMatchObject([{ version: 3, previous_version: 2 }]);
    expect(await register({ FOLLOWED: 'one' })).toMatchObject([
      { version: 1, change_detected: true, previous_version: 3 },
    ]);
    expect(await activeOf('FOLLOWED')).toMatchObject({ version_number: 1, template_source: 'one' });
    expect(await register({ FOLLOWED: 'four' })).toMatchObject([{ version: 4, previous_version: 1 }]);
    expect((await versionsOf('FOLLOWED')).map(({ status }) => status)).toEqual([
      'active',
      'deprecated',
      'deprecated',
      'deprecated',
    ]);
    const moves = await stage.sql(
      `SELECT m.reason, m.moved_by, m.from_version_id IS NULL AS is_first FROM pointer_moves m
       JOIN prompts p USING (project_id, prompt_id) WHERE p.name = 'FOLLOWED' ORDER BY m.move_id`,
    );
    const move = { reason: 'register', moved_by: 'admin', is_first: false };
    expect(moves).toEqual([{ ...move, is_first: true }, move, move, move, move]);
  });

  it('keeps where a version was registered first and where last', async () => {
    const source = { file: 'src/prompts.ts', line: 12 };
    const prompt = { name: 'PLACED', template_source: 'here', source };
    await send({ prompts: [prompt], git: GIT });
    const later = { ...GIT, commit: 'b'.repeat(40), branch: 'next' };
    await send({ prompts: [{ ...prompt, source: { file: 'src/moved.ts', line: 7 } }], git: later });
    const registered_at = expect.any(String) as string;
    expect(await rowsOf('PLACED')).toEqual([
      {
        version_number: 1,
        first_registration: { ...GIT, ...source, registered_at },
        latest_registration: { ...later, file: 'src/moved.ts', line: 7, registered_at },
      },
    ]);
    await send({ prompts: [{ name: 'PLACED', template_source: 'here' }] });
    expect(await rowsOf('PLACED')).toMatchObject([{ latest_registration: { commit: later.commit } }]);
  });

  it('knows nothing of a place that was not told', async () => {
    await register({ UNPLACED: 'somewhere' });
    const nothing = { commit: null, branch: null, repository: null, dirty: null, file: null, line: null };
    expect(await rowsOf('UNPLACED')).toMatchObject([
      { first_registration: nothing, latest_registration: nothing },
    ]);
  });

  it('in a dry run answers the same and writes nothing', async () => {
    await register({ DRY: 'one' });
    const before = await everything();
    const dry = await register({ DRY: 'two', DRY_NEW: 'x' }, { dry_run: true });
    expect(await everything()).toEqual(before);
    expect(await register({ DRY: 'two', DRY_NEW: 'x' })).toEqual(dry);
  });

  it('takes a thousand prompts in a call', async () => {
    const all = (suffix: string) =>
      Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`many/${i}`, `Prompt {{x}} ${i}${suffix}`]));
    expect(await register(all(''), { git: GIT })).toHaveLength(1000);
    const changed = await register({ ...all(''), 'many/7': 'Another {{x}}' }, { git: GIT });
    expect(changed.filter(({ change_detected }) => change_detected)).toMatchObject([
      { name: 'many/7', version: 2, previous_version: 1 },
    ]);
    expect((await register(all('!'), { git: GIT })).every(({ change_detected }) => change_detected)).toBe(
      true,
    );
    expect(await activeOf('many/999')).toMatchObject({ version_number: 2, variables: ['x'] });
    expect(await activeOf('many/7')).toMatchObject({ version_number: 3 });
  });

  it('may use a name again that was deleted', async () => {
    await register({ REBORN: 'one' });
    await register({ REBORN: 'two' });
    expect((await stage.admin.delete(promptPath('REBORN'))).status).toBe(204);
    expect(await register({ REBORN: 'two' })).toMatchObject([{ version: 1, change_detected: false }]);
  });

  it('is written down for each prompt, with what has changed', async () => {
    await register({ AUDITED: 'one', AUDITED_TOO: 'one' });
    await register({ AUDITED: 'two', AUDITED_TOO: 'one' }, { git: GIT });
    const rows = await stage.sql(
      `SELECT actor, action, subject, before, after FROM audit_log WHERE after ->> 'commit' IS NOT NULL AND subject LIKE 'prompt/AUDITED%' ORDER BY subject`,
    );
    const common = { actor: 'admin', action: 'prompt.register' };
    expect(rows).toEqual([
      {
        ...common,
        subject: 'prompt/AUDITED',
        before: { active_version_id: ANY_ID },
        after: { ...GIT, version: 2, is_new: true, is_activated: true },
      },
      // Only the facts of its registration differ.
      {
        ...common,
        subject: 'prompt/AUDITED_TOO',
        before: {},
        after: { ...GIT, version: 1, is_new: false, is_activated: false },
      },
    ]);
  });
});

describe('a registration is refused, and registers none,', () => {
  const good = { name: 'GOOD', template_source: 'good' };
  const long = 'x'.repeat(1_048_577);
  const cases: [string, unknown, string, number, string[]][] = [
    ['without prompts', {}, 'NO_PROMPTS', 400, ['/prompts']],
    ['with null for prompts', { prompts: null }, 'NO_PROMPTS', 400, ['/prompts']],
    ['with an empty list', { prompts: [] }, 'NO_PROMPTS', 400, ['/prompts']],
    ['with prompts that are no list', { prompts: good }, 'VALIDATION_FAILED', 400, ['/prompts']],
    ['with a prompt that is none', { prompts: [good, 'x'] }, 'VALIDATION_FAILED', 400, ['/prompts/1']],
    [
      'without a template',
      { prompts: [{ name: 'A' }] },
      'VALIDATION_FAILED',
      400,
      ['/prompts/0/template_source'],
    ],
    [
      'with a name that is none',
      { prompts: [good, { name: 'a b', template_source: 'x' }] },
      'VALIDATION_FAILED',
      400,
      ['/prompts/1/name'],
    ],
    [
      'with a name twice',
      { prompts: [good, { name: 'B', template_source: 'x' }, good] },
      'VALIDATION_FAILED',
      400,
      ['/prompts/2/name'],
    ],
    [
      'with templates that do not parse',
      {
        prompts: [
          { name: 'A', template_source: '{{' },
          good,
          { name: 'C', template_source: '{% include "x" %}' },
        ],
      },
      'TEMPLATE_INVALID',
      422,
      ['/prompts/0/template_source', '/prompts/2/template_source'],
    ],
    [
      'with a template that is too long',
      { prompts: [good, { name: 'A', template_source: long }] },
      'VALIDATION_FAILED',
      400,
      ['/prompts/1/template_source'],
    ],
    [
      'with a hash of another template',
      { prompts: [good, { name: 'A', template_source: 'x', template_hash: sha256('y') }] },
      'TEMPLATE_HASH_MISMATCH',
      422,
      ['/prompts/1/template_hash'],
    ],
    [
      'with a hash that is none',
      { prompts: [{ ...good, template_hash: sha256('good').toUpperCase() }] },
      'VALIDATION_FAILED',
      400,
      ['/prompts/0/template_hash'],
    ],
    [
      'with a commit that is none',
      { prompts: [good], git: { commit: 'main' } },
      'VALIDATION_FAILED',
      400,
      ['/git/commit'],
    ],
    [
      'with a place that is none',
      { prompts: [{ ...good, source: { file: '', line: 0 } }] },
      'VALIDATION_FAILED',
      400,
      ['/prompts/0/source/file', '/prompts/0/source/line'],
    ],
    [
      'with an unknown field',
      { prompts: [{ ...good, mode: 'full' }] },
      'VALIDATION_FAILED',
      400,
      ['/prompts/0/mode'],
    ],
    [
      'with more than a thousand prompts',
      { prompts: Array.from({ length: 1001 }, (_, i) => ({ name: `P${i}`, template_source: 'x' })) },
      'VALIDATION_FAILED',
      400,
      ['/prompts'],
    ],
    [
      'with a dry_run that is neither',
      { prompts: [good], dry_run: 'yes' },
      'VALIDATION_FAILED',
      400,
      ['/dry_run'],
    ],
  ];

  it.each(cases)('%s', async (_what, body, code, status, pointers) => {
    const before = await everything();
    const answer = await send(body);
    expectProblem(answer, status, code);
    expect(pointersOf(answer)).toEqual(pointers);
    expect(await everything()).toEqual(before);
    const dry = await send({ ...(body as ApiBody), dry_run: (body as ApiBody)['dry_run'] ?? true });
    expect(dry.body['code']).toBe(code);
  });

  it('and says so in the words that people know', async () => {
    expect((await send({ prompts: [] })).body['detail']).toMatch(/^No prompts provided/);
  });

  it('with prompts in full mode, each of which is named', async () => {
    await putPrompt(stage.admin, 'FULL_ONE', 'managed');
    await putPrompt(stage.admin, 'FULL_TWO', [{ role: 'user', content: 'managed' }]);
    const before = await everything();
    const answer = await send(bodyOf({ NEW_ONE: 'x', FULL_ONE: 'managed', FULL_TWO: 'y' }));
    expectProblem(answer, 400, 'PROMPT_MODE_MISMATCH');
    expect(answer.body['detail']).toMatch(/is in full mode.*Use PUT \/v1\/prompts\/\{name\} instead/);
    expect(pointersOf(answer)).toEqual(['/prompts/1', '/prompts/2']);
    expect(await everything()).toEqual(before);
  });

  it('for a key without the scope', async () => {
    const reader = await clientWith(stage, ['prompts:read', 'executions:run']);
    expectProblem(await reader.post(REGISTER, bodyOf({ A: 'x' })), 403, 'FORBIDDEN');
  });
});

describe('a tracking prompt', () => {
  it('is changed by its code alone', async () => {
    await register({ CODED: 'one' });
    await register({ CODED: 'two' });
    const put = await stage.admin.put(promptPath('CODED'), { template_source: 'mine', set_active: true });
    expectProblem(put, 400, 'PROMPT_MODE_MISMATCH');
    expect(put.body['detail']).toMatch(/is in tracking mode.*Use code-based endpoints instead/);
    const activated = await stage.admin.post(`${promptPath('CODED')}/versions/1:activate`);
    expectProblem(activated, 400, 'PROMPT_MODE_MISMATCH');
    expect(await activeOf('CODED')).toMatchObject({ version_number: 2 });
  });

  it('is nobody else’s: another project has its own of that name', async () => {
    const other = await otherProject(stage);
    await register({ SHARED: 'ours' });
    await register({ SHARED: 'ours, changed' });
    expect(await register({ SHARED: 'theirs' }, {}, other)).toMatchObject([{ version: 1 }]);
    expect(await activeOf('SHARED')).toMatchObject({ version_number: 2, template_source: 'ours, changed' });
    expect((await other.get(promptPath('CODED'))).status).toBe(404);
  });
});
