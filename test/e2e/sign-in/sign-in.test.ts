import { freePort } from '../../support/servers/processes.js';
import { Browser, type BrowserAnswer } from './browser.js';
import { type OidcProvider, startOidcProvider, visitProvider } from './oidc-provider.js';
import { makeUser } from '../people.js';
import { ADMIN_KEY, type Stage, startStage } from '../stage.js';

const ACCOUNTS = {
  ada: { email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' },
  bob: { email: 'bob@example.com', email_verified: true, name: 'Bob' },
  carol: { email: 'Carol@Example.com', email_verified: true, name: 'Carol' },
  dave: { name: 'Dave' },
};

let stage: Stage;
let provider: OidcProvider;
let publicUrl: string;

beforeAll(async () => {
  const port = await freePort();
  publicUrl = `http://127.0.0.1:${port}`;
  provider = await startOidcProvider(publicUrl, ACCOUNTS);
  stage = await startStage({
    PORT: String(port),
    LOG_LEVEL: 'trace',
    DEBUG: 'true',
    PUBLIC_URL: `${publicUrl}/`,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: 'prompt-ledger',
    OIDC_CLIENT_SECRET: 'a-client-secret-of-the-tests',
    ADMIN_EMAILS: 'root@example.com, ADA@example.com',
  });
});
afterAll(async () => {
  await stage.close();
  await provider.stop();
});

interface SignIn {
  readonly browser: Browser;
  readonly callback: string;
  readonly answer: BrowserAnswer;
}

async function signIn(account: string, browser = new Browser(publicUrl), query = ''): Promise<SignIn> {
  const begun = await browser.get(`/auth/login${query}`);
  if (begun.status !== 303) throw new Error(begun.text);
  const callback = await visitProvider(String(begun.headers['location']), account);
  const answer = await browser.get(callback);
  const me = await browser.get('/v1/me');
  browser.csrfToken = typeof me.body['csrf_token'] === 'string' ? me.body['csrf_token'] : null;
  return { browser, callback, answer };
}

describe('signing in with a provider', () => {
  it('leads there with all that binds the answer to this browser, and back to where it wanted to go', async () => {
    const begun = await new Browser(publicUrl).get('/auth/login?return_to=%2Fprompts%3Ftag%3Ddocs%23top');
    expect(begun.status).toBe(303);
    const { origin, searchParams } = new URL(String(begun.headers['location']));
    expect(origin).toBe(provider.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'prompt-ledger',
      response_type: 'code',
      redirect_uri: `${publicUrl}/auth/callback`,
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
    });
    const { answer } = await signIn('ada', undefined, '?return_to=%2Fprompts%3Ftag%3Ddocs%23top');
    expect(answer).toMatchObject({ status: 303, headers: { location: `${publicUrl}/prompts?tag=docs#top` } });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
  });

  it('makes an admin of whom ADMIN_EMAILS names, once', async () => {
    const { browser } = await signIn('ada');
    const { body } = await browser.get('/v1/me');
    expect(body).toMatchObject({
      kind: 'person',
      email: 'ada@example.com',
      role: 'admin',
      project: { name: 'default' },
      projects: [{ name: 'default' }],
    });
    expect((await browser.get('/v1/members')).status).toBe(200);
    expect((await browser.get('/v1/projects')).status).toBe(403);
    // A role that an admin lowers later is not restored by the next sign-in.
    await stage.admin.put(`/v1/members/${String(body['user_id'])}`, { role: 'viewer' });
    expect((await browser.get('/v1/members')).status).toBe(403);
    expect((await (await signIn('ada')).browser.get('/v1/me')).body).toMatchObject({ role: 'viewer' });
    await stage.admin.put(`/v1/members/${String(body['user_id'])}`, { role: 'admin' });
  });

  it('lets somebody without a project see who they are, and nothing else', async () => {
    const { browser } = await signIn('bob');
    const me = await browser.get('/v1/me');
    expect(me).toMatchObject({
      status: 200,
      body: { kind: 'person', email: 'bob@example.com', project: null, projects: [], role: null, scopes: [] },
    });
    const refused = await browser.get('/v1/prompts');
    expect(refused).toMatchObject({ status: 403, body: { code: 'NO_PROJECT' } });
    expect((await browser.get('/v1/prompts', { 'x-project': 'default' })).status).toBe(404);
    await stage.admin.put(`/v1/members/${String(me.body['user_id'])}`, { role: 'editor' });
    expect((await browser.get('/v1/prompts')).status).toBe(200);
    expect((await browser.send('PUT', '/v1/prompts/bobs', { template_source: 'x' })).status).toBe(200);
    await stage.admin.delete(`/v1/members/${String(me.body['user_id'])}`);
    expect((await browser.get('/v1/prompts')).status).toBe(403);
    expect((await browser.post('/auth/logout')).status).toBe(204);
    expect((await browser.get('/v1/me')).status).toBe(401);
  });

  it('is the user whom somebody made for the address, from then on known by the identity', async () => {
    const userId = await makeUser(stage.admin, { kind: 'person', name: 'C.', email: 'carol@example.com' });
    await stage.admin.put(`/v1/members/${userId}`, { role: 'runner' });
    const { browser } = await signIn('carol');
    expect((await browser.get('/v1/me')).body).toMatchObject({ user_id: userId, role: 'runner' });
    expect(await stage.sql('SELECT issuer, subject FROM users WHERE user_id = $1', [userId])).toEqual([
      { issuer: provider.issuer, subject: 'carol' },
    ]);
    await stage.sql(`UPDATE users SET email = 'moved@example.com' WHERE user_id = $1`, [userId]);
    expect((await (await signIn('carol')).browser.get('/v1/me')).body).toMatchObject({ user_id: userId });
  });

  it('needs no address', async () => {
    const { browser } = await signIn('dave');
    expect((await browser.get('/v1/me')).body).toMatchObject({ kind: 'person', email: null });
  });

  it('acts in the project that a person names, with the role there', async () => {
    const { browser } = await signIn('ada');
    const userId = String((await browser.get('/v1/me')).body['user_id']);
    const made = await stage.admin.post('/v1/projects', { name: 'alpha' });
    const there = { 'x-project': 'alpha' };
    expect((await browser.get('/v1/me', there)).status).toBe(404);
    await stage.sql(
      `INSERT INTO members (project_id, user_id, role, added_by) VALUES ($1, $2, 'viewer', 'test')`,
      [made.body['project_id'], userId],
    );
    const { body } = await browser.get('/v1/me');
    expect(body).toMatchObject({
      project: { name: 'alpha' },
      projects: [{ name: 'alpha' }, { name: 'default' }],
    });
    expect((await browser.get('/v1/me', { 'x-project': 'default' })).body).toMatchObject({ role: 'admin' });
    const put = await browser.send('PUT', '/v1/prompts/a', { template_source: 'x' }, there);
    expect(put).toMatchObject({ status: 403, body: { missing_scopes: ['prompts:write'] } });
    expect(
      (await browser.send('PUT', '/v1/prompts/a', { template_source: 'x' }, { 'x-project': 'default' }))
        .status,
    ).toBe(200);
  });

  it('makes keys for the person who has signed in, no wider than the role', async () => {
    const { browser } = await signIn('ada');
    const here = { 'x-project': 'default' };
    const made = await browser.send('POST', '/v1/keys', { name: 'mine', role: 'runner' }, here);
    const me = (await browser.get('/v1/me')).body;
    expect(made).toMatchObject({
      status: 201,
      body: { user_id: me['user_id'], made_by: null, role: 'runner' },
    });
    const there = { 'x-project': 'alpha' };
    expect((await browser.send('POST', '/v1/keys', { name: 'a', role: 'viewer' }, there)).status).toBe(403);
  });

  it('ends at once for a user who is disabled, who then cannot sign in either', async () => {
    const { browser } = await signIn('dave');
    const userId = String((await browser.get('/v1/me')).body['user_id']);
    await stage.admin.patch(`/v1/users/${userId}`, { disabled: true });
    expect((await browser.get('/v1/me')).status).toBe(401);
    const { answer } = await signIn('dave');
    expect(answer).toMatchObject({ status: 403, body: { code: 'SIGN_IN_REFUSED' } });
    await stage.admin.patch(`/v1/users/${userId}`, { disabled: false });
  });

  it('takes an answer once, in the browser that asked for it, under a new token', async () => {
    const browser = new Browser(publicUrl);
    await browser.signIn(ADMIN_KEY);
    const planted = browser.steal();
    const { answer, callback } = await signIn('ada', browser);
    expect(answer.status).toBe(303);
    expect(browser.cookies.get('pl_session')).not.toBe(planted.cookies.get('pl_session'));
    expect((await planted.get('/v1/me')).status).toBe(401);
    const session = browser.cookies.get('pl_session');
    for (const again of [browser, new Browser(publicUrl)]) {
      const replay = await again.get(callback);
      expect(replay).toMatchObject({ status: 401, body: { code: 'SIGN_IN_FAILED' } });
      expect(replay.headers['set-cookie']).toBeUndefined();
    }
    expect(browser.cookies.get('pl_session')).toBe(session);
    expect((await browser.get('/v1/me')).status).toBe(200);
  });

  it('is written down, without anything that would sign in', async () => {
    const { browser, callback } = await signIn('ada');
    const actions = await stage.sql(
      `SELECT DISTINCT action FROM audit_log WHERE action ~ '^(user|member|session)' ORDER BY 1`,
    );
    for (const action of ['member.put', 'session.create', 'user.create', 'user.link']) {
      expect(actions).toContainEqual({ action });
    }
    const code = new URL(callback).searchParams.get('code') ?? '';
    const rows = await stage.sql(
      'SELECT a::text AS row FROM audit_log a UNION ALL SELECT s::text FROM sessions s UNION ALL SELECT u::text FROM users u',
    );
    const everything = JSON.stringify(rows) + stage.ledger.logs.join('\n');
    for (const secret of [
      code,
      (browser.cookies.get('pl_session') ?? '').slice(0, 43),
      'a-client-secret-of-the-tests',
    ]) {
      expect(secret).not.toBe('');
      expect(everything).not.toContain(secret);
    }
  });
});
