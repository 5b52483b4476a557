import { HostileIssuer } from '../../fakes/hostile-issuer.js';
import { freePort, spawnService, startLedger } from '../../support/servers/processes.js';
import { Browser, type BrowserAnswer } from './browser.js';
import { makeUser } from '../people.js';
import { type Stage, startStage } from '../stage.js';

const CLIENT = 'prompt-ledger';

let stage: Stage;
let issuer: HostileIssuer;
let publicUrl: string;
let oidc: Record<string, string>;

beforeAll(async () => {
  issuer = await HostileIssuer.start(CLIENT);
  const port = await freePort();
  publicUrl = `http://127.0.0.1:${port}`;
  oidc = {
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: CLIENT,
    OIDC_CLIENT_SECRET: 'a-client-secret',
    PUBLIC_URL: publicUrl,
    ADMIN_EMAILS: 'root@example.com',
  };
  stage = await startStage({ ...oidc, PORT: String(port), TRUSTED_PROXIES: '1' });
});
afterAll(async () => {
  await stage.close();
  await issuer.stop();
});
beforeEach(() => issuer.reset());

type Query = Readonly<Record<string, string | undefined>>;

async function begin(browser: Browser, query = ''): Promise<string> {
  const begun = await browser.get(`/auth/login${query}`);
  if (begun.status !== 303) throw new Error(begun.text);
  return String(begun.headers['location']);
}

async function attempt(changes: Query = {}, browser = new Browser(publicUrl)): Promise<BrowserAnswer> {
  return browser.get(issuer.leadBack(await begin(browser), changes));
}

const countSessions = async () =>
  (await stage.sql<{ count: number }>('SELECT count(*)::int AS count FROM sessions'))[0]?.count;

async function expectNobody(answer: BrowserAnswer, status = 401, code = 'SIGN_IN_FAILED'): Promise<void> {
  expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(answer.headers['location']).toBeUndefined();
}

it('signs in with an honest answer, so that the refusals below mean something', async () => {
  const browser = new Browser(publicUrl);
  expect((await attempt({}, browser)).status).toBe(303);
  expect((await browser.get('/v1/me')).body).toMatchObject({ kind: 'person', email: null });
  const { body, authorization } = issuer.exchanges.at(-1) ?? {
    body: new URLSearchParams(),
    authorization: '',
  };
  expect(Object.fromEntries(body)).toMatchObject({
    grant_type: 'authorization_code',
    code: 'a-code',
    redirect_uri: `${publicUrl}/auth/callback`,
    code_verifier: expect.stringMatching(/^[\w-]{43}$/) as string,
  });
  const credentials = Buffer.from(authorization?.slice(6) ?? '', 'base64').toString();
  expect(decodeURIComponent(credentials)).toBe('prompt-ledger:a-client-secret');
});

describe('nobody is signed in by an ID token', () => {
  const nowS = Math.floor(Date.now() / 1000);

  it.each<[string, Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['without an issuer', { iss: undefined }],
    ['for another nonce', { nonce: 'another' }],
    ['without a nonce', { nonce: undefined }],
    ['for another client', { aud: 'another' }],
    [
      'for several clients, of which another is the authorized one',
      { aud: [CLIENT, 'another'], azp: 'another' },
    ],
    ['without an audience', { aud: undefined }],
    ['that has expired', { exp: nowS - 60, iat: nowS - 3600 }],
    ['without an end', { exp: undefined }],
    ['that is for the future', { nbf: nowS + 3600 }],
    ['of nobody', { sub: undefined }],
    ['of somebody without a name', { sub: '' }],
    ['with a subject that is no text', { sub: 1 }],
    ['with a NUL character', { sub: 'a\u0000b' }],
  ])('%s', async (_what, claims) => {
    const before = await countSessions();
    issuer.claims = claims;
    await expectNobody(await attempt());
    expect(await countSessions()).toBe(before);
  });

  it.each(['foreign', 'none'] as const)('with the signature %s', async (signature) => {
    issuer.signature = signature;
    await expectNobody(await attempt());
  });

  it('that is not there', async () => {
    issuer.tokens = { id_token: undefined };
    await expectNobody(await attempt());
    issuer.tokens = { id_token: 'a.b.c' };
    await expectNobody(await attempt());
  });
});

describe('nobody is signed in by an answer', () => {
  it.each<[string, Query]>([
    ['with another state', { state: 'another' }],
    ['without a state', { state: undefined }],
    ['of another issuer (mix-up)', { iss: 'https://evil.example' }],
    ['without the issuer that the provider always names (mix-up)', { iss: undefined }],
    ['without a code', { code: undefined }],
    ['that is an error', { code: undefined, error: 'access_denied', error_description: '<script>' }],
  ])('%s', async (_what, changes) => {
    const exchanges = issuer.exchanges.length;
    const answer = await attempt(changes);
    await expectNobody(answer);
    expect(answer.text).not.toContain('script');
    expect(issuer.exchanges).toHaveLength(exchanges);
  });

  it('that comes twice, even at once', async () => {
    const browser = new Browser(publicUrl);
    const url = issuer.leadBack(await begin(browser));
    const thief = browser.steal();
    const answers = await Promise.all([browser.get(url), thief.get(url), browser.steal().get(url)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 401, 401]);
    await expectNobody(await thief.get(url));
  });

  it('of another browser, or of another attempt of this one', async () => {
    const [victim, attacker] = [new Browser(publicUrl), new Browser(publicUrl)];
    const url = issuer.leadBack(await begin(attacker));
    await expectNobody(await victim.get(url));
    await begin(victim);
    await expectNobody(await victim.get(url));
  });

  it('whose cookie was changed', async () => {
    const browser = new Browser(publicUrl);
    const url = issuer.leadBack(await begin(browser));
    const [secret = '', expiry = '', , seal = ''] = (browser.cookies.get('pl_signin') ?? '').split('.');
    const elsewhere = Buffer.from('//evil.example').toString('base64url');
    for (const cookie of [
      `${secret}.${expiry}.${elsewhere}.${seal}`,
      `${secret}.zzzzzzzz.Lw.${seal}`,
      'x',
      '',
    ]) {
      browser.cookies.set('pl_signin', cookie);
      await expectNobody(await browser.get(url));
    }
  });

  it('over plain HTTP off loopback', async () => {
    const plain = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'http', host: 'ledger.example' };
    const browser = new Browser(publicUrl);
    await expectNobody(await browser.get('/auth/login', plain), 403, 'INSECURE_TRANSPORT');
    const url = issuer.leadBack(await begin(browser));
    await expectNobody(await browser.get(url, plain), 403, 'INSECURE_TRANSPORT');
  });
});

describe('nobody is somebody else by an address', () => {
  it.each([
    ['unverified', { email_verified: false }],
    ['of which nothing is said', {}],
    ['verified by a text', { email_verified: 'true' }],
  ])('that is %s', async (_what, claims) => {
    const email = `victim-${Math.random().toString(36).slice(2)}@example.com`;
    const userId = await makeUser(stage.admin, { kind: 'person', name: 'Victim', email });
    for (const address of [email, email.toUpperCase(), 'root@example.com']) {
      issuer.claims = { sub: `mallory ${address}`, email: address, ...claims };
      await expectNobody(await attempt(), 403, 'SIGN_IN_REFUSED');
    }
    expect(await stage.sql('SELECT issuer FROM users WHERE user_id = $1', [userId])).toEqual([
      { issuer: null },
    ]);
  });

  it('that somebody signs in with already, or that belongs to a service account', async () => {
    issuer.claims = { sub: 'eve', email: 'eve@example.com', email_verified: true };
    expect((await attempt()).status).toBe(303);
    issuer.claims = { sub: 'mallory 2', email: 'EVE@example.com', email_verified: true };
    await expectNobody(await attempt(), 403, 'SIGN_IN_REFUSED');
    await makeUser(stage.admin, { kind: 'service', name: 'bot', email: 'bot@example.com' });
    issuer.claims = { sub: 'mallory 3', email: 'bot@example.com', email_verified: true };
    await expectNobody(await attempt(), 403, 'SIGN_IN_REFUSED');
  });

  it('that is not verified and nobody has: it is not kept', async () => {
    issuer.claims = { sub: 'frank', email: 'frank@example.com', email_verified: false };
    const browser = new Browser(publicUrl);
    expect((await attempt({}, browser)).status).toBe(303);
    expect((await browser.get('/v1/me')).body).toMatchObject({ email: null, role: null });
  });
});

describe('return_to', () => {
  it.each([
    'https://evil.example',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%5Cevil.example',
    '/%2Fevil.example',
    '/%252Fevil.example',
    '/%25255Cevil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    '/a\r\nSet-Cookie: a=b',
    'javascript:alert(1)',
    'prompts',
    '@evil.example',
    '/\u0000',
    '/\u2028',
    `/${'a'.repeat(3000)}`,
  ])('%j leads nowhere', async (returnTo) => {
    const answer = await new Browser(publicUrl).get(`/auth/login?return_to=${encodeURIComponent(returnTo)}`);
    await expectNobody(answer, 400, 'VALIDATION_FAILED');
  });

  it.each(['/', '/prompts?tag=docs#top', '/a%20b', '/search?q=100%25', '/%E2%82%AC'])(
    '%j is followed',
    async (returnTo) => {
      const browser = new Browser(publicUrl);
      const login = await begin(browser, `?return_to=${encodeURIComponent(returnTo)}`);
      const answer = await browser.get(issuer.leadBack(login));
      expect(answer).toMatchObject({ status: 303, headers: { location: `${publicUrl}${returnTo}` } });
    },
  );

  it('comes once, and with nothing else', async () => {
    const browser = new Browser(publicUrl);
    await expectNobody(await browser.get('/auth/login?return_to=/a&return_to=//b'), 400, 'VALIDATION_FAILED');
    await expectNobody(await browser.get('/auth/login?next=/a'), 400, 'VALIDATION_FAILED');
  });
});

describe('a provider', () => {
  it('that is away is a 503, and comes back', async () => {
    const gone = await HostileIssuer.start(CLIENT);
    const url = gone.url;
    await gone.stop();
    const port = await freePort();
    const own = {
      ...stage.env,
      ...oidc,
      OIDC_ISSUER: url,
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    };
    const ledger = await startLedger({ env: { ...own, WORKER: 'off' } });
    const answer = await new Browser(ledger.url).get('/auth/login');
    await expectNobody(answer, 503, 'IDENTITY_PROVIDER_UNAVAILABLE');
    await ledger.stop();
  });

  it('that is not configured is a 404', async () => {
    const ledger = await startLedger({ env: { ...stage.env, WORKER: 'off' } });
    for (const path of ['/auth/login', '/auth/callback?code=a&state=b']) {
      await expectNobody(await new Browser(ledger.url).get(path), 404, 'SIGN_IN_NOT_CONFIGURED');
    }
    await ledger.stop();
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['half of its settings', { OIDC_CLIENT_SECRET: '' }, /OIDC_CLIENT_SECRET/],
    ['no address of the service', { PUBLIC_URL: '' }, /PUBLIC_URL/],
    ['an address that is no origin', { PUBLIC_URL: 'https://a.example/path' }, /PUBLIC_URL/],
    ['an issuer over plain HTTP', { OIDC_ISSUER: 'http://id.example' }, /OIDC_ISSUER.*https/],
    ['an issuer that is no address', { OIDC_ISSUER: 'id.example' }, /OIDC_ISSUER/],
    ['a list of what are no addresses', { ADMIN_EMAILS: 'root' }, /ADMIN_EMAILS/],
  ])('with %s refuses the start in one sentence', async (_what, changes, sentence) => {
    const service = spawnService('main.js', { ...stage.env, ...oidc, ...changes });
    expect(await service.exit).toMatchObject({ code: 1 });
    expect(service.logs).toHaveLength(1);
    expect(service.logs[0]).toMatch(sentence);
  });
});
