import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { clientWith, otherProject } from '../other-project.js';
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

interface Change extends ApiBody {
  readonly change_id: string;
}

interface ChangePage extends ApiBody {
  readonly changes: readonly ApiBody[];
  readonly next_cursor: string | null;
}

let stage: Stage;
let author: ApiClient & { keyId: string };
let reviewer: ApiClient & { keyId: string };

beforeAll(async () => {
  stage = await startStage();
  await protect('prod');
  author = await clientWith(stage, ['prompts:read', 'changes:write', 'executions:run']);
  reviewer = await clientWith(stage, ['prompts:read', 'changes:write', 'changes:approve']);
});
afterAll(() => stage.close());

const protect = (environment: string, required = 1) =>
  stage.sql(
    `UPDATE environments SET protected = true, required_approvals = $2, revision = revision + 1
     WHERE name = $1 AND project_id = (SELECT project_id FROM projects WHERE name = 'default')`,
    [environment, required],
  );

let prompts = 0;

/** Makes two versions, neither of which runs in `prod`. */
async function twoVersions(): Promise<string> {
  prompts += 1;
  const name = `changed/${prompts}`;
  await putPrompt(stage.admin, name, 'Hello {{name}}\nBye', { owner_team: 'Growth' });
  await putPrompt(stage.admin, name, 'Hi {{name}}\nBye', { set_active: false });
  return name;
}

async function open(name: string, more: ApiBody = {}): Promise<Change> {
  const body = { prompt_name: name, environment: 'prod', version_number: 1, reason: 'because', ...more };
  const answer = await author.post<Change>('/v1/changes', body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

async function pageOf(name: string, more: string): Promise<ChangePage> {
  const query = `prompt_name=${encodeURIComponent(name)}&environment=prod&status=open&limit=2${more}`;
  return (await reviewer.get<ChangePage>(`/v1/changes?${query}`)).body;
}

const pathOf = ({ change_id: id }: Change, verb = '') => `/v1/changes/${id}${verb}`;

async function applied(name: string, version: number): Promise<Change> {
  const change = await open(name, { version_number: version });
  await reviewer.post(pathOf(change, ':approve'));
  const answer = await author.post<Change>(pathOf(change, ':apply'));
  expect(answer).toMatchObject({ status: 200, body: { status: 'applied' } });
  return answer.body;
}

describe('changes', () => {
  it('are opened, shown with what they change, approved and applied', async () => {
    const name = await twoVersions();
    const first = await applied(name, 1);
    expect(first).toMatchObject({ from_version: null, to_version: 1 });
    expect(first['diff']).toContain('--- /dev/null\n');
    const run = { prompt_name: name, environment: 'prod', variables: { name: 'Ada' }, model: ECHO };
    for (let time = 0; time < 2; time += 1)
      expect((await author.post('/v1/executions:run', run)).status).toBe(200);
    expect((await author.post('/v1/executions:run', { ...run, environment: 'dev' })).status).toBe(200);

    const change = await open(name, { version_number: 2 });
    expect(change).toEqual({
      change_id: ANY_ID,
      kind: 'version',
      status: 'open',
      prompt_name: name,
      environment: 'prod',
      from_version: 1,
      to_version: 2,
      rollout_id: null,
      checksum_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      reason: 'because',
      evidence: [],
      opened_by: 'a key',
      opened_by_id: expect.stringMatching(/^(?:user|key):/) as string,
      opened_at: ANY_TIME,
      required_approvals: 1,
      approval_teams: [],
      approvals: [],
      expires_at: ANY_TIME,
      closed_at: null,
      closed_by: null,
      closed_reason: null,
      emergency: false,
      review: null,
      diff: `--- ${name} (version 1)\n+++ ${name} (version 2)\n@@ -1,2 +1,2 @@\n-Hello {{name}}\n+Hi {{name}}\n Bye\n\\ No newline at end of file\n`,
      impact: {
        executions_7d: 2,
        keys: [{ key_id: author.keyId, name: 'a key', executions: 2 }],
        teams: [{ name: 'Growth', executions: 2 }],
      },
    });
    expect((await reviewer.get(pathOf(change))).body).toEqual(change);
    const hours =
      (Date.parse(String(change['expires_at'])) - Date.parse(String(change['opened_at']))) / 3_600_000;
    expect(Math.round(hours)).toBe(72);

    expectProblem(await author.post(pathOf(change, ':apply')), 409, 'APPROVALS_MISSING');
    const approved = await reviewer.post(pathOf(change, ':approve'), { comment: 'fine' });
    expect(approved).toMatchObject({
      status: 200,
      body: {
        status: 'approved',
        approvals: [
          { by: 'a key', by_id: expect.any(String) as string, at: ANY_TIME, comment: 'fine', counts: true },
        ],
      },
    });
    const done = await author.post(pathOf(change, ':apply'), { comment: 'now' });
    expect(done).toMatchObject({ status: 200, body: { status: 'applied', closed_reason: 'now' } });
    expect((await author.post(pathOf(change, ':apply'))).body).toEqual(done.body);
    const moves = await stage.sql('SELECT emergency, reason FROM pointer_moves WHERE change_id = $1', [
      change.change_id,
    ]);
    expect(moves).toEqual([{ emergency: false, reason: 'because' }]);
  });

  it('are listed page by page, newest first, without what takes long to work out', async () => {
    const name = await twoVersions();
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.unshift((await open(name)).change_id);
    const seen: ApiBody[] = [];
    for (let more: string | null = ''; more !== null;) {
      const page = await pageOf(name, more);
      expect(page.changes.length).toBeLessThanOrEqual(2);
      seen.push(...page.changes);
      more = page.next_cursor === null ? null : `&cursor=${page.next_cursor}`;
    }
    expect(seen.map(({ change_id: id }) => id)).toEqual(made);
    expect(seen[0]).not.toHaveProperty('diff');
    expect(seen[0]).not.toHaveProperty('impact');
    for (const query of ['status=odd', 'cursor=odd', 'limit=0', 'prompt_name=%20']) {
      expectProblem(await reviewer.get(`/v1/changes?${query}`), 400, 'VALIDATION_FAILED');
    }
  });

  it('are refused with the code that says why', async () => {
    const name = await twoVersions();
    const change = await open(name);
    expectProblem(await stage.admin.post(pathOf(change, ':approve')), 403, 'SELF_APPROVAL');
    expectProblem(await author.post(pathOf(change, ':approve')), 403, 'FORBIDDEN');
    expectProblem(await author.post(pathOf(change, ':reject')), 403, 'FORBIDDEN');
    expectProblem(await reviewer.post(pathOf(change, ':withdraw')), 403, 'FORBIDDEN');
    expectProblem(
      await author.post(pathOf(change, ':apply'), { emergency: true, reason: 'r' }),
      403,
      'FORBIDDEN',
    );
    expectProblem(
      await stage.admin.post(pathOf(change, ':apply'), { emergency: true }),
      400,
      'VALIDATION_FAILED',
    );
    expectProblem(await reviewer.post(pathOf(change, ':approve'), { odd: 1 }), 400, 'VALIDATION_FAILED');
    expectProblem(await reviewer.post(pathOf(change, ':approve'), '[]'), 400, 'VALIDATION_FAILED');
    await protect('prod');
    expectProblem(await reviewer.post(pathOf(change, ':approve')), 409, 'CHANGE_STALE');
    const rejected = await open(name);
    expect((await reviewer.post(pathOf(rejected, ':reject'), { comment: 'no' })).body).toMatchObject({
      status: 'rejected',
      closed_reason: 'no',
    });
    const closed = await author.post(pathOf(rejected, ':apply'));
    expectProblem(closed, 409, 'CHANGE_CLOSED');
    expect(closed.body['change_status']).toBe('rejected');
    const ask = (more: ApiBody) =>
      author.post('/v1/changes', {
        prompt_name: name,
        environment: 'prod',
        version_number: 1,
        reason: 'r',
        ...more,
      });
    expectProblem(await ask({ environment: 'dev' }), 409, 'ENVIRONMENT_NOT_PROTECTED');
    expectProblem(await ask({ prompt_name: 'nobody' }), 404, 'PROMPT_NOT_FOUND');
    expectProblem(await ask({ version_number: 9 }), 404, 'VERSION_NOT_FOUND');
    for (const more of [
      { reason: '' },
      { reason: undefined },
      { version_number: 0 },
      { version_number: '1' },
      { evidence: [{ type: 'odd', id: 'x' }] },
      { evidence: {} },
      { required_approvals: 0 },
      { reason: 'x'.repeat(2001) },
    ]) {
      expectProblem(await ask(more), 400, 'VALIDATION_FAILED');
    }
  });

  it('take no evidence that is not there', async () => {
    const prompt_name = await twoVersions();
    for (const id of ['e-1', UNKNOWN_ID]) {
      const answer = await stage.admin.post('/v1/changes', {
        prompt_name,
        environment: 'prod',
        version_number: 2,
        reason: 'r',
        evidence: [{ type: 'experiment', id }],
      });
      expectProblem(answer, 404, 'EXPERIMENT_NOT_FOUND');
    }
    expect((await stage.admin.get(`/v1/changes?prompt_name=${prompt_name}`)).body).toMatchObject({
      changes: [],
    });
  });

  it('of another project are not there, by the very answer of those that are not', async () => {
    const change = await open(await twoVersions());
    const other = await otherProject(stage);
    const key = await clientWith(stage, ['prompts:read', 'changes:write', 'changes:approve']);
    await stage.sql(
      `UPDATE api_keys SET project_id = (SELECT project_id FROM projects WHERE name LIKE 'other %' LIMIT 1) WHERE key_id = $1`,
      [key.keyId],
    );
    expect((await other.get('/v1/changes')).body).toEqual({ changes: [], next_cursor: null });
    const foreign = await Promise.all(
      ['', ':approve', ':reject', ':withdraw', ':apply'].map((verb) => {
        const ask = (id: string) =>
          verb === '' ? key.get(`/v1/changes/${id}`) : key.post(`/v1/changes/${id}${verb}`, {});
        return Promise.all([ask(change.change_id), ask(UNKNOWN_ID)]);
      }),
    );
    for (const [theirs, unknown] of foreign) {
      expectProblem(theirs, 404, 'CHANGE_NOT_FOUND');
      const text = (body: ApiBody, id: string) => JSON.stringify(body).replaceAll(id, 'ID');
      expect(text(theirs.body, change.change_id)).toBe(text(unknown.body, UNKNOWN_ID));
    }
    expectProblem(await key.get('/v1/changes/odd'), 400, 'VALIDATION_FAILED');
  });

  it('are applied in an emergency by an admin, and told to the address of the project', async () => {
    const change = await open(await twoVersions());
    const reason = 'it insults customers';
    const done = await stage.admin.post(pathOf(change, ':apply'), { emergency: true, reason });
    expect(done.body).toMatchObject({
      status: 'applied',
      emergency: true,
      review: 'open',
      closed_by: 'admin',
    });
    expectProblem(await stage.admin.post(pathOf(change, ':approve')), 403, 'SELF_APPROVAL');
    const [entry] = await stage.sql(
      'SELECT action, reason FROM audit_log WHERE subject_id = $1 ORDER BY audit_id DESC',
      [change.change_id],
    );
    expect(entry).toEqual({ action: 'change.emergency', reason });
  });
});
