import { api } from '../../support/api-client.js';
import { eventually } from '../../support/eventually.js';
import { type LedgerProcess, startLedger } from '../../support/servers/processes.js';
import { Browser, type BrowserAnswer } from './browser.js';
import { makeProject, memberClient } from '../people.js';
import { ADMIN_KEY, ANY_ID, ECHO, putPrompt, type Stage, startStage } from '../stage.js';

let stage: Stage;
let other: LedgerProcess;

beforeAll(async () => {
  stage = await startStage({ TRUSTED_PROXIES: '1' });
  other = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
  await putPrompt(stage.admin, 'greeting', 'Hello');
});
afterAll(async () => {
  await other.stop();
  await stage.close();
});

const RUN = { prompt_name: 'greeting', model: ECHO, variables: {} };
const browse = (url = stage.ledger.url) => new Browser(url);
const setCookie = ({ headers }: BrowserAnswer) => String(headers['set-cookie']);

async function signedIn(key: string, url = stage.ledger.url): Promise<Browser> {
  const browser = browse(url);
  const answer = await browser.signIn(key);
  if (answer.status !== 200) throw new Error(answer.text);
  return browser;
}

function expectRefusal(answer: BrowserAnswer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
}

describe('signing in with a key', () => {
  it('opens a session that is the key, and says who that is', async () => {
    const member = await memberClient(stage, 'editor');
    const browser = browse();
    const answer = await browser.signIn(member.key);
    expect(answer.status).toBe(200);
    expect(setCookie(answer)).toMatch(
      /^pl_session=[\w.-]{87}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/,
    );
    expect(answer.headers['cache-control']).toBe('no-store');
    const me = await browser.get('/v1/me');
    expect(me.body).toEqual(answer.body);
    expect(me.body).toMatchObject({
      kind: 'service',
      user_id: member.userId,
      role: 'editor',
      project: { name: 'default' },
      projects: [{ name: 'default' }],
      csrf_token: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
  });

  it('sets a cookie of the host for https, and takes no other there', async () => {
    const https = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7', host: 'ledger.example' };
    const browser = browse();
    const answer = await browser.post('/auth/session', { api_key: ADMIN_KEY }, https);
    expect(setCookie(answer)).toMatch(
      /^__Host-pl_session=[\w.-]{87}; Path=\/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect((await browser.get('/v1/me', https)).status).toBe(200);
    const value = browser.cookies.get('__Host-pl_session') ?? '';
    browser.cookies.clear();
    browser.cookies.set('pl_session', value);
    expectRefusal(await browser.get('/v1/me', https), 401, 'UNAUTHORIZED');
  });

  it('is refused over plain HTTP off loopback, and so is a cookie', async () => {
    const browser = await signedIn(ADMIN_KEY);
    for (const plain of [
      { host: 'ledger.example' },
      { 'x-forwarded-for': '203.0.113.7' },
      { 'x-forwarded-proto': 'http', 'x-forwarded-for': '203.0.113.7', host: 'localhost' },
    ]) {
      for (const [method, path, body] of [
        ['POST', '/auth/session', { api_key: ADMIN_KEY }],
        ['POST', '/auth/logout', undefined],
        ['GET', '/v1/me', undefined],
        ['GET', '/v1/prompts/greeting', undefined],
      ] as const) {
        const answer = await browser.send(method, path, body, plain);
        expectRefusal(answer, 403, 'INSECURE_TRANSPORT');
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    }
    expect((await browser.get('/v1/me')).status).toBe(200);
  });

  it('is refused for what is no key, and for a page of another origin', async () => {
    for (const api_key of ['nonsense', `pl_01890000-0000-7000-8000-000000000000_${'a'.repeat(43)}`]) {
      const answer = await browse().post('/auth/session', { api_key });
      expectRefusal(answer, 401, 'UNAUTHORIZED');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    for (const body of [
      {},
      { api_key: 1 },
      { api_key: '' },
      { api_key: 'a\u0000' },
      { api_key: ADMIN_KEY, user: 1 },
    ]) {
      expectRefusal(await browse().post('/auth/session', body), 400, 'VALIDATION_FAILED');
    }
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await browse().post('/auth/session', { api_key: ADMIN_KEY }, headers);
      expectRefusal(answer, 403, 'CROSS_ORIGIN_REFUSED');
    }
    const own = await browse().post('/auth/session', { api_key: ADMIN_KEY }, { origin: stage.ledger.url });
    expect(own.status).toBe(200);
  });

  it('gives a new token each time, ends the session of before, and takes none that it is given', async () => {
    const browser = await signedIn(ADMIN_KEY);
    const attacker = browser.steal();
    const planted = browser.cookies.get('pl_session');
    await browser.signIn((await memberClient(stage, 'viewer')).key);
    expect(browser.cookies.get('pl_session')).not.toBe(planted);
    expectRefusal(await attacker.get('/v1/me'), 401, 'UNAUTHORIZED');
    const made = browse();
    made.cookies.set('pl_session', `${'a'.repeat(43)}.${'a'.repeat(43)}`);
    expectRefusal(await made.get('/v1/me'), 401, 'UNAUTHORIZED');
    await made.signIn(ADMIN_KEY);
    expect(made.cookies.get('pl_session')).not.toContain('aaaa');
  });
});

describe('a session', () => {
  it('works on every API that a key works on', async () => {
    const browser = await signedIn((await memberClient(stage, 'editor')).key);
    const chat = { model: 'echo/echo', messages: [{ role: 'user', content: 'Hello' }] };
    const answers = [
      await browser.get('/v1/prompts/greeting'),
      await browser.get('/v1/prompts'),
      await browser.post('/v1/executions:run', RUN),
      await browser.post('/v1/executions:submit', RUN),
      await browser.post('/v1/executions:submit-batch', {
        ...RUN,
        variables: undefined,
        entries: [{ variables: {} }],
      }),
      await browser.send('PUT', '/v1/prompts/by-session', { template_source: 'x' }),
      await browser.post('/openai/v1/chat/completions', chat),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 202, 202, 200, 200]);
    const stream = await browser.post('/v1/executions:stream', RUN);
    expect(stream).toMatchObject({
      status: 200,
      headers: { 'content-type': expect.stringContaining('text/event-stream') as string },
    });
    expect(stream.text).toContain('Hello');
    expect((await browser.post('/openai/v1/chat/completions', { ...chat, stream: true })).text).toContain(
      '[DONE]',
    );
  });

  it('needs its own CSRF token for what changes something, on every API', async () => {
    const [browser, stranger] = [await signedIn(ADMIN_KEY), await signedIn(ADMIN_KEY)];
    const before = await stage.sql('SELECT count(*)::int AS count FROM executions_all');
    for (const token of ['', 'nonsense', String(stranger.csrfToken)]) {
      for (const [method, path, body] of [
        ['POST', '/v1/executions:run', RUN],
        ['POST', '/v1/executions:submit', RUN],
        ['POST', '/v1/executions:stream', RUN],
        ['PUT', '/v1/prompts/forged', { template_source: 'x' }],
        ['DELETE', '/v1/prompts/greeting', undefined],
        ['PATCH', '/v1/users/01890000-0000-7000-8000-000000000000', { disabled: true }],
        ['POST', '/auth/logout', undefined],
      ] as const) {
        expectRefusal(
          await browser.send(method, path, body, { 'x-csrf-token': token }),
          403,
          'CSRF_TOKEN_INVALID',
        );
      }
    }
    const door = await browser.post(
      '/openai/v1/chat/completions',
      { model: 'echo/echo', messages: [] },
      { 'x-csrf-token': '' },
    );
    expect(door.status).toBe(403);
    expect(await stage.sql('SELECT count(*)::int AS count FROM executions_all')).toEqual(before);
    expect((await browser.get('/v1/prompts/greeting', { 'x-csrf-token': '' })).status).toBe(200);
  });

  it('gives way to a key, right or wrong', async () => {
    const browser = await signedIn(ADMIN_KEY);
    const viewer = await memberClient(stage, 'viewer');
    const { body } = await browser.get('/v1/me', { authorization: `Bearer ${viewer.key}` });
    expect(body).toMatchObject({ user_id: viewer.userId, csrf_token: null });
    const run = await browser.post('/v1/executions:run', RUN, {
      'x-api-key': viewer.key,
      'x-csrf-token': '',
    });
    expectRefusal(run, 403, 'FORBIDDEN');
    expectRefusal(await browser.get('/v1/me', { 'x-api-key': 'wrong' }), 401, 'UNAUTHORIZED');
  });

  it('acts where its key does', async () => {
    const project = await makeProject(stage);
    const instance = await signedIn(ADMIN_KEY);
    expect((await instance.get('/v1/me')).body).toMatchObject({
      kind: 'instance',
      project: { name: 'default' },
    });
    const there = await instance.get('/v1/me', { 'x-project': project.name });
    expect(there.body).toMatchObject({ kind: 'instance', project: { name: project.name } });
    const admin = await signedIn(project.admin.key);
    expect((await admin.get('/v1/me', { 'x-project': project.id })).status).toBe(200);
    expectRefusal(await admin.get('/v1/me', { 'x-project': 'default' }), 404, 'PROJECT_NOT_FOUND');
    expectRefusal(await admin.get('/v1/projects'), 403, 'FORBIDDEN');
    expect((await instance.get('/v1/projects')).status).toBe(200);
  });

  it('is over with the sign-out, everywhere and at once', async () => {
    const browser = await signedIn(ADMIN_KEY);
    const thief = browser.steal();
    const answer = await browser.post('/auth/logout');
    expect(answer.status).toBe(204);
    expect(setCookie(answer)).toMatch(/^pl_session=; Path=\/; Max-Age=0; HttpOnly; SameSite=Lax$/);
    expect(browser.cookies.size).toBe(0);
    expectRefusal(await thief.get('/v1/me'), 401, 'UNAUTHORIZED');
    expectRefusal(await thief.post('/v1/executions:run', RUN), 401, 'UNAUTHORIZED');
    const elsewhere = new Browser(other.url);
    elsewhere.cookies.set('pl_session', thief.cookies.get('pl_session') ?? '');
    expectRefusal(await elsewhere.get('/v1/me'), 401, 'UNAUTHORIZED');
    expect((await thief.post('/auth/logout')).status).toBe(204);
    expect((await browse().post('/auth/logout')).status).toBe(204);
  });

  it.each([
    ['12 hours without use', `last_used_at = now() - interval '12 hours'`],
    ['7 days', `expires_at = now()`],
  ])('ends after %s', async (_what, change) => {
    const browser = await signedIn(ADMIN_KEY);
    await stage.sql(`UPDATE sessions SET last_used_at = now() - interval '11 hours 59 minutes'`);
    expect((await browser.get('/v1/me')).status).toBe(200);
    const [used] = await stage.sql<{ fresh: boolean; days: number }>(
      `SELECT bool_or(last_used_at > now() - interval '1 minute') AS fresh,
         max(extract(epoch FROM expires_at - created_at))::int / 86400 AS days FROM sessions`,
    );
    expect(used).toEqual({ fresh: true, days: 7 });
    await stage.sql(`UPDATE sessions SET ${change}`);
    expectRefusal(await browser.get('/v1/me'), 401, 'UNAUTHORIZED');
  });

  it.each<[string, (member: { userId: string; keyId: string }) => Promise<unknown>, number]>([
    ['is revoked', ({ keyId }) => stage.admin.delete(`/v1/keys/${keyId}`), 401],
    ['gets a new secret', ({ keyId }) => stage.admin.post(`/v1/keys/${keyId}:rotate`, { overlap_s: 0 }), 401],
    [
      'is of a user who is disabled',
      ({ userId }) => stage.admin.patch(`/v1/users/${userId}`, { disabled: true }),
      401,
    ],
    ['is of a user who leaves the project', ({ userId }) => stage.admin.delete(`/v1/members/${userId}`), 403],
    [
      'is of a user who loses the role',
      ({ userId }) => stage.admin.put(`/v1/members/${userId}`, { role: 'viewer' }),
      403,
    ],
  ])(
    'is worth nothing more when its key %s, within five seconds on another process',
    async (_what, lose, status) => {
      const member = await memberClient(stage, 'editor');
      const [here, there] = [await signedIn(member.key), await signedIn(member.key, other.url)];
      const put = (browser: Browser) => browser.send('PUT', '/v1/prompts/lost', { template_source: 'x' });
      expect([(await put(here)).status, (await put(there)).status]).toEqual([200, 200]);
      await lose(member);
      const lostAtMs = Date.now();
      expect((await put(here)).status).toBe(status);
      let lastAcceptedAtMs = lostAtMs;
      await eventually(async () => {
        const sentAtMs = Date.now();
        const answer = await put(there);
        if (answer.status === 200) lastAcceptedAtMs = sentAtMs;
        return answer.status === status;
      });
      expect(lastAcceptedAtMs - lostAtMs).toBeLessThanOrEqual(5000);
    },
  );

  it('of the instance ends when API_KEY is another one', async () => {
    const browser = await signedIn(ADMIN_KEY);
    const changed = await startLedger({
      env: { ...stage.env, API_KEY: 'another-key-of-the-instance', WORKER: 'off' },
    });
    const there = new Browser(changed.url);
    for (const [name, value] of browser.cookies) there.cookies.set(name, value);
    expectRefusal(await there.get('/v1/me'), 401, 'UNAUTHORIZED');
    await changed.stop();
  });

  it('makes keys that are no wider than its own, and is written down', async () => {
    const member = await memberClient(stage, 'admin');
    const browser = await signedIn(member.key);
    const made = await browser.post('/v1/keys', { name: 'by session', role: 'runner' });
    expect(made).toMatchObject({ status: 201, body: { user_id: member.userId, made_by: member.keyId } });
    expect((await api(stage.ledger.url, String(made.body['key'])).get('/v1/me')).status).toBe(200);
    await browser.post('/auth/logout');
    const rows = await stage.sql(
      `SELECT action, actor_kind, user_id, key_id, subject FROM audit_log WHERE action LIKE 'session.%' AND user_id = $1 ORDER BY audit_id`,
      [member.userId],
    );
    const subject = expect.stringMatching(/^session\/[0-9a-f-]{36}$/) as string;
    const by = { actor_kind: 'service', user_id: member.userId, key_id: member.keyId, subject };
    expect(rows).toEqual([
      { action: 'session.create', ...by },
      { action: 'session.end', ...by },
    ]);
  });

  it('stands in the database by a hash alone', async () => {
    const browser = await signedIn(ADMIN_KEY);
    const [secret = '', seal = ''] = (browser.cookies.get('pl_session') ?? '').split('.');
    const rows = await stage.sql(
      'SELECT s::text AS row FROM sessions s UNION ALL SELECT a::text FROM audit_log a',
    );
    const text = JSON.stringify(rows);
    expect(text).toContain('session.create');
    for (const canary of [secret, seal, String(browser.csrfToken), ADMIN_KEY]) {
      expect(text).not.toContain(canary);
      expect(text).not.toContain(Buffer.from(canary).toString('hex'));
    }
    expect(stage.ledger.logs.join('\n')).not.toContain(secret);
    expect((await stage.sql('SELECT session_id FROM sessions LIMIT 1'))[0]).toEqual({ session_id: ANY_ID });
  });
});
