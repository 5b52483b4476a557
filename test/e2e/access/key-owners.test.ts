import { ROLES } from '../../../src/entities/index.js';
import { api, type ApiBody } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { startLedger } from '../../support/servers/processes.js';
import { type KeyClient, makeKey, makeMember, makeUser, memberClient } from '../people.js';
import { ANY_TIME, ECHO, expectProblem, putPrompt, type Stage, startStage, UNKNOWN_ID } from '../stage.js';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  await putPrompt(stage.admin, 'greeting', 'Hello');
});
afterAll(() => stage.close());

const put = (client: KeyClient) => client.put('/v1/prompts/other', { template_source: 'Other' });
const run = (client: KeyClient) =>
  client.post('/v1/executions:run', { prompt_name: 'greeting', model: ECHO, variables: {} });

describe('a key with a role', () => {
  it.each(ROLES)('of %s shows it, its user and its scopes', async (role) => {
    const client = await memberClient(stage, role);
    expect(client.made).toMatchObject({ role, user_id: client.userId, previous_until: null });
    const { body } = await client.get('/v1/me');
    expect(body).toMatchObject({ kind: 'service', user_id: client.userId, role, csrf_token: null });
    expect(body['scopes']).toEqual(client.made['scopes']);
  });

  it('takes either a role or scopes', async () => {
    const cases: [ApiBody, string][] = [
      [{}, '/scopes'],
      [{ role: 'viewer', scopes: ['prompts:read'] }, '/role'],
      [{ role: null, scopes: null }, '/scopes'],
      [{ role: 'owner' }, '/role'],
      [{ role: 'viewer', user_id: 'nobody' }, '/user_id'],
    ];
    for (const [body, pointer] of cases) {
      const answer = await stage.admin.post('/v1/keys', { name: 'a', ...body });
      expectProblem(answer, 400, 'VALIDATION_FAILED');
      expect(answer.body['errors']).toMatchObject([{ pointer }]);
    }
  });

  it('is never wider than that of its maker', async () => {
    const maker = await makeKey(stage, stage.admin, { scopes: ['keys:write', 'prompts:read'] });
    const answer = await maker.post('/v1/keys', { name: 'a', role: 'viewer' });
    expectProblem(answer, 403, 'FORBIDDEN');
    expect(answer.body['missing_scopes']).toEqual(['executions:list', 'analytics:read']);
    const wide = await makeKey(stage, stage.admin, { role: 'admin' });
    expect((await wide.post('/v1/keys', { name: 'a', role: 'approver' })).status).toBe(201);
  });
});

describe('the user of a key', () => {
  it('is that of its maker where nobody is named', async () => {
    const maker = await memberClient(stage, 'admin');
    expect((await makeKey(stage, maker, { role: 'runner' })).made).toMatchObject({ user_id: maker.userId });
    expect((await makeKey(stage, stage.admin, { role: 'runner' })).made).toMatchObject({ user_id: null });
  });

  it('is a member of the project, and not disabled', async () => {
    const stranger = await makeUser(stage.admin);
    for (const user_id of [stranger, UNKNOWN_ID]) {
      expectProblem(
        await stage.admin.post('/v1/keys', { name: 'a', role: 'viewer', user_id }),
        404,
        'USER_NOT_FOUND',
      );
    }
    const user_id = await makeMember(stage.admin, 'viewer');
    await stage.admin.patch(`/v1/users/${user_id}`, { disabled: true });
    expectProblem(
      await stage.admin.post('/v1/keys', { name: 'a', role: 'viewer', user_id }),
      403,
      'FORBIDDEN',
    );
  });

  it('may not be allowed less than the key', async () => {
    const user_id = await makeMember(stage.admin, 'runner');
    for (const grant of [{ role: 'editor' }, { scopes: ['prompts:write'] }]) {
      const answer = await stage.admin.post('/v1/keys', { name: 'a', user_id, ...grant });
      expectProblem(answer, 403, 'FORBIDDEN');
      expect(answer.body['missing_scopes']).toContain('prompts:write');
    }
  });

  it('is a service account where an admin of the project names one, and a person where the instance does', async () => {
    const admin = await memberClient(stage, 'admin');
    const person = await makeMember(stage.admin, 'viewer', { kind: 'person', email: 'ada@example.com' });
    const service = await makeMember(stage.admin, 'viewer');
    expect((await makeKey(stage, admin, { role: 'viewer', user_id: service })).made).toMatchObject({
      user_id: service,
    });
    const body = { name: 'a', role: 'viewer', user_id: person };
    expectProblem(await admin.post('/v1/keys', body), 403, 'FORBIDDEN');
    const key = await makeKey(stage, stage.admin, body);
    expect((await key.get('/v1/me')).body).toMatchObject({ kind: 'person', email: 'ada@example.com' });
    const narrow = await makeKey(stage, stage.admin, { scopes: ['keys:write', 'prompts:read'] });
    expectProblem(
      await narrow.post('/v1/keys', { name: 'a', scopes: ['prompts:read'], user_id: service }),
      403,
      'FORBIDDEN',
    );
  });

  it('is who did it in the audit log', async () => {
    const client = await memberClient(stage, 'editor');
    await client.put('/v1/prompts/audited', { template_source: 'x' });
    const rows = await stage.sql(
      `SELECT actor_kind, user_id, key_id FROM audit_log WHERE subject = 'prompt/audited'`,
    );
    expect(rows).toEqual([{ actor_kind: 'service', user_id: client.userId, key_id: client.keyId }]);
  });
});

describe('a role that is lost', () => {
  it.each<[string, (userId: string) => Promise<unknown>, number]>([
    ['to a narrower one', (id) => stage.admin.put(`/v1/members/${id}`, { role: 'viewer' }), 403],
    ['with the membership', (id) => stage.admin.delete(`/v1/members/${id}`), 403],
    ['because the user is disabled', (id) => stage.admin.patch(`/v1/users/${id}`, { disabled: true }), 401],
  ])('%s holds at once here, and within five seconds on another process', async (_what, lose, status) => {
    const second = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
    const client = await memberClient(stage, 'editor');
    const there = { ...client, ...api(second.url, client.key) };
    for (const each of [client, there]) {
      expect((await put(each)).status).toBe(200);
      expect((await run(each)).status).toBe(200);
    }
    await lose(client.userId);
    const lostAtMs = Date.now();
    for (const call of [put, run]) expect((await call(client)).status).toBe(status);
    let lastAcceptedSentAtMs = lostAtMs;
    await eventually(async () => {
      const sentAtMs = Date.now();
      const answers = await Promise.all([put(there), run(there)]);
      if (answers.some((answer) => answer.status === 200)) lastAcceptedSentAtMs = sentAtMs;
      return answers.every((answer) => answer.status === status);
    });
    expect(lastAcceptedSentAtMs - lostAtMs).toBeLessThanOrEqual(5000);
    await second.stop();
  });

  it('comes back with the role', async () => {
    const client = await memberClient(stage, 'editor');
    const path = `/v1/members/${client.userId}`;
    await stage.admin.put(path, { role: 'viewer' });
    expectProblem(await put(client), 403, 'FORBIDDEN');
    await stage.admin.put(path, { role: 'admin' });
    expect((await put(client)).status).toBe(200);
    // The key was made with a narrower role than that.
    expectProblem(await client.get('/v1/keys'), 403, 'FORBIDDEN');
  });
});

describe('a rotated key', () => {
  const rotate = (client: KeyClient, by: KeyClient | typeof stage.admin, body?: ApiBody) =>
    by.post<{ key: string }>(`/v1/keys/${client.keyId}:rotate`, body);
  const isAccepted = async (key: string) =>
    (await api(stage.ledger.url, key).get('/v1/prompts')).status === 200;

  it('keeps its id and its rights, and works with both secrets until the overlap ends', async () => {
    const client = await memberClient(stage, 'viewer');
    const answer = await rotate(client, stage.admin, { overlap_s: 3 });
    expect(answer).toMatchObject({
      status: 200,
      body: { key_id: client.keyId, role: 'viewer', user_id: client.userId, previous_until: ANY_TIME },
    });
    const { key } = answer.body;
    expect(key).not.toBe(client.key);
    expect([await isAccepted(key), await isAccepted(client.key)]).toEqual([true, true]);
    await eventually(async () => !(await isAccepted(client.key)));
    const [row] = await stage.sql<{ over: boolean }>(
      'SELECT previous_until <= now() AS over FROM api_keys WHERE key_id = $1',
      [client.keyId],
    );
    expect(row).toEqual({ over: true });
    expect(await isAccepted(key)).toBe(true);
  });

  it('ends the secret of before at once where there is no overlap, and one of before that always', async () => {
    const client = await memberClient(stage, 'viewer');
    const { key: second } = (await rotate(client, stage.admin, { overlap_s: 60 })).body;
    const { key: third } = (await rotate(client, stage.admin, {})).body;
    expect([await isAccepted(client.key), await isAccepted(second), await isAccepted(third)]).toEqual([
      false,
      true,
      true,
    ]);
    const { key: last } = (await rotate(client, stage.admin, { overlap_s: 0 })).body;
    expect([await isAccepted(third), await isAccepted(last)]).toEqual([false, true]);
  });

  it('rotates itself, and none that may do more or speaks for another person', async () => {
    const admin = await memberClient(stage, 'admin');
    const { key } = (await rotate(admin, admin, { overlap_s: 0 })).body;
    const client = { ...admin, ...api(stage.ledger.url, key) };
    expect((await client.get('/v1/me')).status).toBe(200);
    const narrow = await makeKey(stage, stage.admin, { scopes: ['keys:write'] });
    expectProblem(await rotate(admin, narrow, {}), 403, 'FORBIDDEN');
    const person = await makeMember(stage.admin, 'viewer', { kind: 'person', email: 'eve@example.com' });
    const theirs = await makeKey(stage, stage.admin, { role: 'viewer', user_id: person });
    expectProblem(await rotate(theirs, client, {}), 403, 'FORBIDDEN');
  });

  it('has been made by whoever rotated it, and its secret stands nowhere', async () => {
    const [admin, client] = [await memberClient(stage, 'admin'), await memberClient(stage, 'viewer')];
    const { key } = (await rotate(client, admin, {})).body;
    expect(await stage.sql('SELECT made_by FROM api_keys WHERE key_id = $1', [client.keyId])).toEqual([
      { made_by: `user:${admin.userId}` },
    ]);
    const secret = String(key.split('_')[2]);
    const everything = await stage.sql(
      'SELECT api_keys::text AS row FROM api_keys UNION ALL SELECT audit_log::text FROM audit_log',
    );
    expect(JSON.stringify(everything)).not.toContain(secret);
    expect(JSON.stringify(everything)).toContain('key.rotate');
  });

  it('keeps its former secret for a day when nothing is said', async () => {
    for (const body of [undefined, {}]) {
      const client = await memberClient(stage, 'viewer');
      const answer = await rotate(client, stage.admin, body);
      expect(answer).toMatchObject({ status: 200, body: { key_id: client.keyId } });
      const until = Date.parse(String((answer.body as ApiBody)['previous_until']));
      expect(Math.abs(until - Date.now() - 86_400_000)).toBeLessThan(60_000);
      expect([await isAccepted(answer.body.key), await isAccepted(client.key)]).toEqual([true, true]);
    }
  });

  it('cannot be one that is over, unknown or sent nonsense', async () => {
    const client = await memberClient(stage, 'viewer');
    for (const overlap_s of [-1, 1.5, 2_592_001, '60', null]) {
      expectProblem(await rotate(client, stage.admin, { overlap_s }), 400, 'VALIDATION_FAILED');
    }
    await stage.admin.delete(`/v1/keys/${client.keyId}`);
    expectProblem(await rotate(client, stage.admin, {}), 409, 'KEY_REVOKED');
    expect(await isAccepted(client.key)).toBe(false);
    expectProblem(await stage.admin.post(`/v1/keys/${UNKNOWN_ID}:rotate`, {}), 404, 'KEY_NOT_FOUND');
  });
});

describe('a key that may only list executions', () => {
  it('sees them without what they said', async () => {
    const client = await makeKey(stage, stage.admin, { scopes: ['executions:list'] });
    const { body } = await stage.admin.post('/v1/executions:run', {
      prompt_name: 'greeting',
      model: ECHO,
      variables: {},
    });
    const { status, body: list } = await client.get<{ executions: ApiBody[] }>('/v1/executions');
    expect(status).toBe(200);
    expect(list.executions).not.toEqual([]);
    for (const field of ['response_text', 'variables', 'rendered_prompt', 'messages', 'tool_calls']) {
      expect(list.executions[0]).not.toHaveProperty(field);
    }
    const id = String(body['execution_id']);
    expectProblem(await client.get(`/v1/executions/${id}`), 403, 'FORBIDDEN');
    expectProblem(await client.get(`/v1/executions/${id}/deliveries`), 403, 'FORBIDDEN');
  });
});
