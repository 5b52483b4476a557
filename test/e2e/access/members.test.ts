import type { ApiBody, ApiClient } from '../../support/api-client.js';
import { makeKey, makeMember, makeProject, makeUser, memberClient, type TestProject } from '../people.js';
import { ANY_ID, ANY_TIME, expectProblem, type Stage, startStage, UNKNOWN_ID } from '../stage.js';

let stage: Stage;
let project: TestProject;

beforeAll(async () => {
  stage = await startStage();
  project = await makeProject(stage);
});
afterAll(() => stage.close());

async function listAll(client: ApiClient, path: string, kind: string): Promise<ApiBody[]> {
  const found: ApiBody[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await client.get(`${path}?limit=2${more}`);
    found.push(...(body[kind] as ApiBody[]));
    cursor = body['next_cursor'] as string | null;
  }
  return found;
}

describe('a user', () => {
  it('is a person with an address or a service account', async () => {
    const person = { kind: 'person', name: 'Ada', email: 'Ada@example.com' };
    const made = await stage.admin.post('/v1/users', person);
    expect(made).toMatchObject({ status: 201 });
    expect(made.body).toEqual({
      user_id: ANY_ID,
      ...person,
      disabled: false,
      disabled_at: null,
      created_at: ANY_TIME,
    });
    const again = await stage.admin.post('/v1/users', { ...person, email: 'aDA@example.com' });
    expectProblem(again, 409, 'USER_EXISTS');
    const service = await stage.admin.post('/v1/users', { kind: 'service', name: 'Nightly' });
    expect(service.body).toMatchObject({ kind: 'service', email: null });
  });

  it.each<[string, ApiBody, string]>([
    ['a person without an address', { kind: 'person', name: 'A' }, '/email'],
    ['a person with null for an address', { kind: 'person', name: 'A', email: null }, '/email'],
    ['an address that is none', { kind: 'person', name: 'A', email: 'nobody' }, '/email'],
    ['another kind', { kind: 'robot', name: 'A' }, '/kind'],
    ['no name', { kind: 'service', name: '' }, '/name'],
    ['a role', { kind: 'service', name: 'A', role: 'admin' }, '/role'],
  ])('is not made of %s', async (_what, body, pointer) => {
    const answer = await stage.admin.post('/v1/users', body);
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['errors']).toMatchObject([{ pointer }]);
  });

  it('is seen by the instance, by the project that made them, and by those they work in', async () => {
    const own = await makeUser(project.admin, { name: 'own' });
    const elsewhere = await makeUser(stage.admin, { name: 'elsewhere' });
    const idsOf = async (client: ApiClient) =>
      (await listAll(client, '/v1/users', 'users')).map((user) => user['user_id']);
    expect(await idsOf(stage.admin)).toEqual(expect.arrayContaining([own, elsewhere]));
    const seen = await idsOf(project.admin);
    expect(seen).toContain(own);
    expect(seen).not.toContain(elsewhere);
    await stage.admin.put(`/v1/members/${elsewhere}`, { role: 'viewer' }, { 'x-project': project.id });
    expect(await idsOf(project.admin)).toContain(elsewhere);
  });

  it('is disabled by the instance, and by the project that made them', async () => {
    const own = await makeMember(project.admin, 'viewer');
    const disabled = await project.admin.patch(`/v1/users/${own}`, { disabled: true });
    expect(disabled.body).toMatchObject({ disabled: true, disabled_at: ANY_TIME });
    expect((await project.admin.patch(`/v1/users/${own}`, { disabled: true })).body).toEqual(disabled.body);
    expect((await stage.admin.patch(`/v1/users/${own}`, { disabled: false })).body).toMatchObject({
      disabled: false,
      disabled_at: null,
    });
    const shared = await makeUser(stage.admin);
    const path = `/v1/users/${shared}`;
    expectProblem(await project.admin.patch(path, { disabled: true }), 404, 'USER_NOT_FOUND');
    await stage.admin.put(`/v1/members/${shared}`, { role: 'viewer' }, { 'x-project': project.id });
    expectProblem(await project.admin.patch(path, { disabled: true }), 403, 'FORBIDDEN');
    expectProblem(
      await stage.admin.patch(`/v1/users/${UNKNOWN_ID}`, { disabled: true }),
      404,
      'USER_NOT_FOUND',
    );
  });
});

describe('a member', () => {
  it('has one role in a project, that can change and end', async () => {
    const userId = await makeUser(project.admin, { name: 'Nightly' });
    const path = `/v1/members/${userId}`;
    const put = await project.admin.put(path, { role: 'viewer' });
    expect(put.body).toEqual({
      user_id: userId,
      kind: 'service',
      email: null,
      name: 'Nightly',
      role: 'viewer',
      disabled: false,
      added_at: ANY_TIME,
      added_by: 'admin',
    });
    expect((await project.admin.put(path, { role: 'editor' })).body).toEqual({ ...put.body, role: 'editor' });
    const listed = await listAll(project.admin, '/v1/members', 'members');
    expect(listed).toContainEqual({ ...put.body, role: 'editor' });
    expect(await project.admin.delete(path)).toMatchObject({ status: 204, body: null });
    expectProblem(await project.admin.delete(path), 404, 'MEMBER_NOT_FOUND');
    const actions = await stage.sql<{ action: string; before: unknown; after: unknown }>(
      'SELECT action, before, after FROM audit_log WHERE subject = $1 ORDER BY audit_id',
      [`member/${userId}`],
    );
    expect(actions).toEqual([
      { action: 'member.put', before: null, after: { role: 'viewer' } },
      { action: 'member.put', before: { role: 'viewer' }, after: { role: 'editor' } },
      { action: 'member.delete', before: { role: 'editor' }, after: null },
    ]);
  });

  it('can be nobody whom the project cannot see', async () => {
    const other = await makeProject(stage);
    const foreign = await makeMember(other.admin, 'viewer');
    for (const id of [foreign, UNKNOWN_ID]) {
      expectProblem(await project.admin.put(`/v1/members/${id}`, { role: 'viewer' }), 404, 'USER_NOT_FOUND');
      expectProblem(await project.admin.delete(`/v1/members/${id}`), 404, 'MEMBER_NOT_FOUND');
    }
    const listed = await listAll(project.admin, '/v1/members', 'members');
    expect(listed.map((member) => member['user_id'])).not.toContain(foreign);
  });

  it('gets no role that is wider than that of whoever gives it', async () => {
    const giver = await makeKey(stage, stage.admin, { scopes: ['members:write', 'prompts:read'] });
    const userId = await makeUser(giver);
    const answer = await giver.put(`/v1/members/${userId}`, { role: 'viewer' });
    expectProblem(answer, 403, 'FORBIDDEN');
    expect(answer.body['missing_scopes']).toEqual(['executions:list', 'analytics:read']);
    const editor = await makeMember(stage.admin, 'editor');
    for (const call of [
      giver.put(`/v1/members/${editor}`, { role: 'viewer' }),
      giver.delete(`/v1/members/${editor}`),
      giver.put('/v1/teams/red', { members: [], role: 'runner' }),
    ]) {
      expectProblem(await call, 403, 'FORBIDDEN');
    }
  });

  it('may be the last admin and go: the instance can repair that', async () => {
    const lone = await makeProject(stage);
    const admin = await makeMember(lone.admin, 'admin');
    const client = await makeKey(stage, lone.admin, { role: 'admin', user_id: admin });
    expect((await client.delete(`/v1/members/${admin}`)).status).toBe(204);
    expectProblem(await client.get('/v1/members'), 403, 'FORBIDDEN');
    const there = { 'x-project': lone.id };
    expect((await stage.admin.put(`/v1/members/${admin}`, { role: 'admin' }, there)).status).toBe(200);
    expect((await client.get('/v1/members')).status).toBe(200);
  });
});

describe('a team', () => {
  it('is made, replaced, listed and deleted', async () => {
    const [one, two] = [await makeMember(project.admin, 'viewer'), await makeMember(project.admin, 'viewer')];
    const made = await project.admin.put('/v1/teams/AI%2FPlatform', { members: [two, one], role: 'editor' });
    expect(made).toMatchObject({ status: 200 });
    expect(made.body).toEqual({
      name: 'AI/Platform',
      role: 'editor',
      members: [one, two],
      created_at: ANY_TIME,
      updated_at: ANY_TIME,
    });
    expect((await project.admin.get('/v1/teams/AI%2FPlatform')).body).toEqual(made.body);
    const replaced = await project.admin.put('/v1/teams/AI%2FPlatform', { members: [two], role: 'runner' });
    expect(replaced.body).toMatchObject({ members: [two], role: 'runner' });
    for (const name of ['b', 'c', 'a']) {
      await project.admin.put(`/v1/teams/${name}`, { members: [], role: 'viewer' });
    }
    const listed = await listAll(project.admin, '/v1/teams', 'teams');
    expect(listed.map(({ name }) => name)).toEqual(['AI/Platform', 'a', 'b', 'c']);
    await project.admin.delete(`/v1/members/${two}`);
    expect((await project.admin.get('/v1/teams/AI%2FPlatform')).body).toMatchObject({ members: [] });
    expect((await project.admin.delete('/v1/teams/AI%2FPlatform')).status).toBe(204);
    for (const call of [
      project.admin.get('/v1/teams/AI%2FPlatform'),
      project.admin.delete('/v1/teams/AI%2FPlatform'),
      stage.admin.get('/v1/teams/a'),
    ]) {
      expectProblem(await call, 404, 'TEAM_NOT_FOUND');
    }
  });

  it('has members of the project only', async () => {
    const stranger = await makeUser(project.admin);
    const foreign = await makeMember(stage.admin, 'viewer');
    for (const id of [stranger, foreign, UNKNOWN_ID]) {
      const answer = await project.admin.put('/v1/teams/strangers', { members: [id], role: 'viewer' });
      expectProblem(answer, 404, 'MEMBER_NOT_FOUND');
      expect(JSON.stringify(answer.body).replaceAll(id, UNKNOWN_ID)).toContain(UNKNOWN_ID);
    }
    expectProblem(await project.admin.get('/v1/teams/strangers'), 404, 'TEAM_NOT_FOUND');
    const body = { members: [UNKNOWN_ID, UNKNOWN_ID.toUpperCase()], role: 'viewer' };
    expectProblem(await project.admin.put('/v1/teams/twice', body), 400, 'VALIDATION_FAILED');
  });

  it('does not widen what its members may do in the rest of the project', async () => {
    const member = await memberClient(stage, 'viewer', { role: 'viewer' });
    await stage.admin.put('/v1/teams/red', { members: [member.userId], role: 'admin' });
    expectProblem(await member.get('/v1/members'), 403, 'FORBIDDEN');
    expect((await member.get('/v1/me')).body).toMatchObject({ role: 'viewer' });
  });

  it('lets its members write its prompts, and no others', async () => {
    const member = await memberClient(stage, 'viewer');
    const editor = await memberClient(stage, 'viewer');
    await stage.admin.put('/v1/teams/blue', { members: [member.userId, editor.userId], role: 'editor' });
    const wide = await makeKey(stage, stage.admin, { role: 'editor', user_id: editor.userId });
    const put = (client: ApiClient, name: string, more: ApiBody = {}) =>
      client.put(`/v1/prompts/${name}`, { template_source: name, ...more });
    for (const [name, owner_team] of Object.entries({ ours: 'blue', theirs: 'green', nobodys: null })) {
      expect((await put(stage.admin, name, { owner_team })).status).toBe(200);
    }
    const allowed = [
      () => put(wide, 'ours'),
      () => put(wide, 'ours', { template_source: 'again', owner_team: 'blue' }),
      () => put(wide, 'fresh', { owner_team: 'blue' }),
      () => wide.post('/v1/prompts/ours/versions/1:activate'),
    ];
    for (const call of allowed) expect((await call()).status).toBe(200);
    const forbidden = [
      () => put(wide, 'theirs'),
      () => put(wide, 'theirs', { owner_team: 'blue' }),
      () => put(wide, 'nobodys', { owner_team: 'blue' }),
      () => put(wide, 'ours', { owner_team: 'green' }),
      () => put(wide, 'ours', { owner_team: null }),
      () => put(wide, 'new'),
      () => put(wide, 'new', { owner_team: 'green' }),
      () => wide.post('/v1/prompts/theirs/versions/1:activate'),
      () => wide.delete('/v1/prompts/theirs'),
      // A team does not widen a key that is limited to a viewer.
      () => put(member, 'ours'),
      () => member.post('/v1/prompts/ours/versions/1:activate'),
    ];
    for (const call of forbidden) {
      const answer = await call();
      expectProblem(answer, 403, 'FORBIDDEN');
      expect(answer.body).toMatchObject({ missing_scopes: ['prompts:write'] });
    }
    expectProblem(await stage.admin.get('/v1/prompts/new'), 404, 'PROMPT_NOT_FOUND');
    await stage.admin.put('/v1/teams/blue', { members: [], role: 'editor' });
    expectProblem(await put(wide, 'ours'), 403, 'FORBIDDEN');
  });

  it('lets its members register, retire and migrate its prompts in code, and no others', async () => {
    const editor = await memberClient(stage, 'viewer');
    await stage.admin.put('/v1/teams/code', { members: [editor.userId], role: 'editor' });
    const wide = await makeKey(stage, stage.admin, { role: 'editor', user_id: editor.userId });
    const constant = (name: string, owner_team?: string, text = name) => ({
      name,
      template_source: text,
      ...(owner_team === undefined ? {} : { owner_team }),
    });
    const register = (client: ApiClient, ...prompts: ApiBody[]) =>
      client.post('/v1/prompts/register-code', { prompts });
    const ours = ['CODE_ONE', 'CODE_TWO'].map((name) => constant(name, 'code'));
    const theirs = constant('CODE_THEIRS', 'green');
    expect((await register(stage.admin, theirs)).status).toBe(200);
    expect((await register(wide, ...ours)).status).toBe(200);
    expect((await register(wide, constant('CODE_ONE', undefined, 'again'))).status).toBe(200);
    const forbidden = [
      () => register(wide, ...ours, constant('CODE_THEIRS', undefined, 'mine now')),
      () => register(wide, constant('CODE_THEIRS', 'code', 'mine now')),
      () => register(wide, constant('CODE_ONE', 'green')),
      () => register(wide, constant('CODE_NEW')),
      () => wide.post('/v1/prompts:retire', { prompts: [{ name: 'CODE_ONE' }, { name: 'CODE_THEIRS' }] }),
      () => wide.post('/v1/prompts:migrate-to-full', { prompts: [{ name: 'CODE_THEIRS' }] }),
    ];
    for (const call of forbidden) {
      const answer = await call();
      expectProblem(answer, 403, 'FORBIDDEN');
      expect(answer.body).toMatchObject({ missing_scopes: ['prompts:write'] });
    }
    expect((await stage.admin.get('/v1/prompts/CODE_ONE')).body).toMatchObject({ retired_at: null });
    expectProblem(await stage.admin.get('/v1/prompts/CODE_NEW'), 404, 'PROMPT_NOT_FOUND');
    expect((await wide.post('/v1/prompts:retire', { prompts: [{ name: 'CODE_TWO' }] })).status).toBe(200);
    expect((await wide.post('/v1/prompts:migrate-to-full', { prompts: [{ name: 'CODE_ONE' }] })).status).toBe(
      200,
    );
  });
});
