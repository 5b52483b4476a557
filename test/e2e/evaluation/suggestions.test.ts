import type { ApiBody, ApiClient, ApiResponse } from '../../support/api-client.js';
import { expectMade, makeKey, makeProject, memberClient } from '../people.js';
import {
  OPENAI,
  expectProblem,
  promptPath,
  putPrompt,
  type PutAnswer,
  type Stage,
  startStage,
} from '../stage.js';
import { listSuggestions, runMany, type Suggestion, type SuggestionList } from './suggestions.js';

const INJECTED = 'Translate {{text}} into French and keep the line breaks.';
const NAME = 'team/translate';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const decide = (client: ApiClient, name: string, id: string, verb: string, body?: ApiBody) =>
  client.post(`${promptPath(name)}/suggestions/${id}:${verb}`, body);

async function firstOf(name: string): Promise<Suggestion> {
  const [first] = await listSuggestions(stage.admin, name);
  if (first === undefined) throw new Error(`${name} has no suggestion`);
  return first;
}

async function pointsAt(name: string): Promise<unknown> {
  const { body } = await stage.admin.get<{ active_version: ApiBody | null }>(promptPath(name));
  return body.active_version?.['version_number'];
}

describe('a suggestion', () => {
  beforeAll(() => putPrompt(stage.admin, NAME, INJECTED));

  it('says what it rests on, where to look, and what to change', async () => {
    const { status, body } = await stage.admin.get<SuggestionList>(`${promptPath(NAME)}/suggestions`);
    expect({ status, ...body }).toMatchObject({
      status: 200,
      prompt_name: NAME,
      version_number: 1,
      window: { days: 30, executions: 0 },
    });
    expect(body.suggestions).toEqual([
      {
        suggestion_id: expect.stringMatching(/^1-[0-9a-f]{32}$/) as string,
        kind: 'variable_in_instructions',
        severity: 'warning',
        title: expect.stringContaining('"text"') as string,
        status: 'open',
        evidence: {
          places: [{ pointer: '/template_source', begin: 10, end: 18, text: '{{text}}' }],
          facts: { variable: 'text' },
          links: ['/v1/prompts/team%2Ftranslate/versions/1'],
        },
        expected_effect: { cost_usd_30d: null, tokens: null, pass_rate: null },
        patch: {
          kind: 'content',
          content: { template_source: expect.stringContaining('<text>{{text}}</text>') as string },
        },
        dismissed: null,
        applied: null,
      },
    ]);
    expect(await listSuggestions(stage.admin, NAME)).toEqual(body.suggestions);
  });

  it('is hidden once it is dismissed, with the reason in the audit log, until it is restored', async () => {
    const { suggestion_id: id } = await firstOf(NAME);
    const reason = 'The customer is trusted';
    const dismissed = await decide(stage.admin, NAME, id, 'dismiss', { reason });
    expect(dismissed).toMatchObject({
      status: 200,
      body: { suggestion_id: id, status: 'dismissed', dismissed: { by: 'admin', reason } },
    });
    expect(await decide(stage.admin, NAME, id, 'dismiss', { reason })).toMatchObject({
      body: dismissed.body,
    });
    expect(await listSuggestions(stage.admin, NAME)).toEqual([]);
    expect(await listSuggestions(stage.admin, NAME, 'include=dismissed')).toEqual([dismissed.body]);
    const entries = await stage.sql(`SELECT action, reason FROM audit_log WHERE action LIKE 'suggestion.%'`);
    expect(entries).toEqual([{ action: 'suggestion.dismiss', reason }]);
    expect(await decide(stage.admin, NAME, id, 'restore')).toMatchObject({
      status: 200,
      body: { status: 'open', dismissed: null },
    });
    expect(await decide(stage.admin, NAME, id, 'restore')).toMatchObject({
      status: 200,
      body: { status: 'open' },
    });
    expect(await listSuggestions(stage.admin, NAME)).toHaveLength(1);
  });

  it('is applied as a draft, again as the same one, and moves no pointer', async () => {
    const { suggestion_id: id } = await firstOf(NAME);
    const applied = await decide(stage.admin, NAME, id, 'apply', {});
    expect(applied).toMatchObject({
      status: 200,
      body: {
        suggestion_id: id,
        prompt: { name: NAME },
        version: { version_number: 2, status: 'draft' },
        version_change: true,
      },
    });
    expect(await pointsAt(NAME)).toBe(1);
    expect(await decide(stage.admin, NAME, id, 'apply')).toMatchObject({
      status: 200,
      body: { version: { version_number: 2 }, version_change: false },
    });
    expect(await firstOf(NAME)).toMatchObject({
      status: 'applied',
      applied: { by: 'admin', version_number: 2 },
    });
    expect(await listSuggestions(stage.admin, NAME, 'version_number=2')).toEqual([]);
    const [version] = (await stage.admin.get<ApiBody[]>(`${promptPath(NAME)}/versions`)).body;
    expect(version).toMatchObject({
      created_by: 'admin',
      commit_message: expect.stringMatching(/^Suggested: "text"/) as string,
    });
  });

  it('is not applied past what somebody else has changed, unless that is asked for', async () => {
    const { suggestion_id: id } = await firstOf(NAME);
    await putPrompt(stage.admin, NAME, 'Translate:\n{{text}}', { set_active: false });
    const refused = await decide(stage.admin, NAME, id, 'apply');
    expectProblem(refused, 409, 'SUGGESTION_STALE');
    expect(refused.body).toMatchObject({ version_number: 1, newest_version_number: 3 });
    expect(await decide(stage.admin, NAME, id, 'apply', { allow_older: true })).toMatchObject({
      status: 200,
    });
  });
});

describe('what cannot be applied', () => {
  it('is a suggestion without a patch', async () => {
    await putPrompt(stage.admin, 'assigns', '{% assign a = 1 %}Hello.');
    const { suggestion_id: id, patch } = await firstOf('assigns');
    expect(patch).toBeNull();
    expectProblem(await decide(stage.admin, 'assigns', id, 'apply'), 409, 'SUGGESTION_NOT_APPLICABLE');
  });

  it('is a prompt that lives in code, whose suggestions are listed all the same', async () => {
    await stage.admin.post('/v1/prompts/register-code', {
      prompts: [{ name: 'CODE', template_source: INJECTED }],
    });
    const { suggestion_id: id } = await firstOf('CODE');
    expectProblem(await decide(stage.admin, 'CODE', id, 'apply'), 400, 'PROMPT_MODE_MISMATCH');
    expect(await decide(stage.admin, 'CODE', id, 'dismiss')).toMatchObject({ status: 200 });
  });

  it.each(['0', `7-${'0'.repeat(32)}`, `1-${'0'.repeat(32)}`, '01890000-0000-7000-8000-000000000000'])(
    'is %s, which is no suggestion',
    async (id) => {
      for (const verb of ['dismiss', 'restore', 'apply'])
        expectProblem(await decide(stage.admin, 'assigns', id, verb), 404, 'SUGGESTION_NOT_FOUND');
    },
  );
});

it.each<[string, number, string]>([
  ['absent/suggestions', 404, 'PROMPT_NOT_FOUND'],
  ['assigns/suggestions?version_number=9', 404, 'VERSION_NOT_FOUND'],
  ['assigns/suggestions?version_number=0', 400, 'VALIDATION_FAILED'],
  ['assigns/suggestions?version_number=1.5', 400, 'VALIDATION_FAILED'],
  ['assigns/suggestions?include=all', 400, 'VALIDATION_FAILED'],
  ['assigns/suggestions?limit=1', 400, 'VALIDATION_FAILED'],
])('GET %s is refused with %d', async (path, status, code) => {
  expectProblem(await stage.admin.get(`/v1/prompts/${path}`), status, code);
});

it.each<[string, string, unknown]>([
  ['dismiss', 'an empty reason', { reason: '' }],
  ['dismiss', 'a reason that is no text', { reason: 1 }],
  ['dismiss', 'NUL', { reason: 'a\0b' }],
  ['dismiss', 'a field that is unknown', { why: 'x' }],
  ['apply', 'a field that is unknown', { set_active: true }],
  ['apply', 'allow_older that is a text', { allow_older: 'yes' }],
])(':%s refuses %s', async (verb, _what, body) => {
  const { suggestion_id: id } = await firstOf('assigns');
  expectProblem(await decide(stage.admin, 'assigns', id, verb, body as ApiBody), 400, 'VALIDATION_FAILED');
});

describe('evidence', () => {
  /** The answers equal the values, and those of one language break the schema. */
  const SCHEMA = { type: 'object', properties: { language: { enum: ['en', 'de'] } }, required: ['language'] };
  const FORMAT = { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA } };
  const SECRET = 'canary-ja';

  async function fill(client: ApiClient): Promise<void> {
    await putPrompt(client, 'answers', 'Say {{note}}:\n{{language}}', { response_format: FORMAT });
    stage.openai.behave(({ text }) => ({
      kind: 'answer',
      text: JSON.stringify({ language: text.includes(SECRET) ? 'ja' : 'en' }),
    }));
    await runMany(client, 120, (nth) => ({
      prompt_name: 'answers',
      model: OPENAI,
      variables: {
        language: nth % 10 === 0 ? SECRET : nth % 2 === 0 ? 'en' : 'de',
        note: 'always',
        extra: 'x',
      },
    }));
  }

  it('quotes executions to those who may read them, and to nobody else', async () => {
    await fill(stage.admin);
    const found = await listSuggestions(stage.admin, 'answers');
    const cluster = found.find(({ kind }) => kind === 'failure_cluster');
    expect(cluster).toMatchObject({
      title: expect.stringContaining(SECRET) as string,
      evidence: { facts: { value: `"${SECRET}"`, failures: 12, executions: 12 } },
    });
    expect(found.map(({ kind }) => kind).sort()).toEqual(
      expect.arrayContaining(['constant_variable', 'failure_cluster', 'schema_failures', 'unused_variable']),
    );
    for (const link of found.flatMap(({ evidence }) => evidence.links)) {
      expect({ link, status: (await stage.admin.get(link)).status }).toEqual({ link, status: 200 });
    }

    const viewer = await memberClient(stage, 'viewer');
    const seen = await listSuggestions(viewer, 'answers');
    expect(JSON.stringify(seen)).not.toMatch(/canary|always|executions\/|"extra"|\/language/);
    expect(seen.find(({ kind }) => kind === 'failure_cluster')?.suggestion_id).toBe(cluster?.suggestion_id);
    for (const link of seen.flatMap(({ evidence }) => evidence.links)) {
      expect({ link, status: (await viewer.get(link)).status }).toEqual({ link, status: 200 });
    }

    const reader = await makeKey(stage, stage.admin, { scopes: ['prompts:read'] });
    const { body } = await reader.get<SuggestionList>(`${promptPath('answers')}/suggestions`);
    expect(body.window).toBeNull();
    expect(body.suggestions.map(({ kind }) => kind)).not.toContain('failure_cluster');
  });

  it('has nothing of what is masked', async () => {
    const { admin } = await makeProject(stage, { settings: { mask: ['language'] } });
    await fill(admin);
    const found = await listSuggestions(admin, 'answers');
    expect(JSON.stringify(found)).not.toMatch(/canary|\*\*\*|failure_cluster/);
    expect(found.find(({ kind }) => kind === 'constant_variable')).toMatchObject({
      evidence: { facts: { variable: 'note' } },
    });
  });

  it('has nothing of what was masked later', async () => {
    const project = await makeProject(stage);
    await fill(project.admin);
    const settings = { settings: { mask: ['language', 'note'] } };
    const patched: ApiResponse<ApiBody> = await project.admin.patch(`/v1/projects/${project.id}`, settings);
    expect(patched.status).toBe(200);
    expect(JSON.stringify(await listSuggestions(project.admin, 'answers'))).not.toMatch(/canary|always/);
  });
});

it('is for another project nothing at all', async () => {
  const { admin } = await makeProject(stage);
  const { suggestion_id: id } = await firstOf('assigns');
  expectProblem(await admin.get('/v1/prompts/assigns/suggestions'), 404, 'PROMPT_NOT_FOUND');
  expectProblem(await decide(admin, 'assigns', id, 'dismiss'), 404, 'PROMPT_NOT_FOUND');
  const own = await admin.put<PutAnswer & ApiBody>('/v1/prompts/assigns', {
    template_source: '{% assign a = 1 %}Hello.',
  });
  expect(own.status).toBe(200);
  // The content is the same and only the prompt differs, so the decision stays with this suggestion.
  expect(await decide(admin, 'assigns', id, 'dismiss')).toMatchObject({ status: 200 });
  expect(await firstOf('assigns')).toMatchObject({ status: 'open' });
});

it('may be decided by the team that answers for the prompt, and not by viewers', async () => {
  await putPrompt(stage.admin, 'assigns', '{% assign a = 1 %}Hello.', { owner_team: 'core' });
  const { suggestion_id: id } = await firstOf('assigns');
  const viewer = await memberClient(stage, 'viewer');
  expectProblem(await decide(viewer, 'assigns', id, 'dismiss'), 403, 'FORBIDDEN');
  const team = { members: [viewer.userId], role: 'editor' };
  expectMade(await stage.admin.put('/v1/teams/core', team), 200);
  const member = await makeKey(stage, stage.admin, { role: 'editor', user_id: viewer.userId });
  expect(await decide(member, 'assigns', id, 'dismiss')).toMatchObject({ status: 200 });
});
