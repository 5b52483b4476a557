import { readCredential } from './request-headers.js';
import { config, KEY_ID, PROJECT_ID, setUp } from './authenticator.testkit.js';
import { ForbiddenError, UnauthorizedError } from '../errors.js';
import { formatKey, newSecret } from './key-secret.js';
import { SCOPES } from '../roles/scopes.js';

describe('Authenticator', () => {
  it('knows a key by its id and its secret, and drops scopes it does not know', async () => {
    const { authenticator, key } = setUp();
    expect(await authenticator.authenticate(key, '10.0.0.1')).toEqual({
      projectId: PROJECT_ID,
      keyId: KEY_ID,
      kind: 'key',
      userId: null,
      name: 'checkout',
      origin: '10.0.0.1',
      role: null,
      overTeams: new Map(),
      scopes: new Set(['prompts:read']),
      rateLimits: { requestsPerMinute: 100, tokensPerMinute: null },
      ancestors: [],
    });
  });

  it('gives the instance admin every scope, in the project default', async () => {
    const { authenticator } = setUp();
    expect(await authenticator.authenticate(config.env.API_KEY, null)).toEqual({
      projectId: 'default-project',
      keyId: null,
      kind: 'instance',
      userId: null,
      name: 'admin',
      origin: null,
      role: 'admin',
      overTeams: new Map(),
      scopes: new Set(SCOPES),
      rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
      ancestors: [],
    });
  });

  it('refuses no key, a key of no form, an unknown id, a wrong secret and a key that is not valid alike', async () => {
    const { authenticator } = setUp();
    const otherId = KEY_ID.replace('01', '02');
    const refused = [
      null,
      'nonsense',
      formatKey({ keyId: otherId, secret: newSecret() }),
      formatKey({ keyId: KEY_ID, secret: newSecret() }),
    ];
    for (const credential of refused) {
      await expect(authenticator.authenticate(credential, null)).rejects.toEqual(new UnauthorizedError());
    }
    const invalid = setUp({ valid: false });
    await expect(invalid.authenticator.authenticate(invalid.key, null)).rejects.toEqual(
      new UnauthorizedError(),
    );
  });

  it('looks a key up once in four seconds, so that a revocation holds within five', async () => {
    const { authenticator, keys, clock, key } = setUp();
    await authenticator.authenticate(key, null);
    clock.nowMs = 3999;
    await authenticator.authenticate(key, null);
    expect(keys.lookUps).toBe(1);
    keys.stored = null;
    clock.nowMs = 4000;
    await expect(authenticator.authenticate(key, null)).rejects.toThrow(UnauthorizedError);
  });

  it('counts the age of what it knows from before the look-up, however long that takes', async () => {
    const { authenticator, keys, clock, key } = setUp();
    const find = keys.findForAuthentication.bind(keys);
    keys.findForAuthentication = (keyId) => {
      const found = find(keyId);
      clock.nowMs += 3000;
      return found;
    };
    await authenticator.authenticate(key, null);
    clock.nowMs = 3999;
    await authenticator.authenticate(key, null);
    expect(keys.lookUps).toBe(1);
    clock.nowMs = 4000;
    await authenticator.authenticate(key, null);
    expect(keys.lookUps).toBe(2);
  });

  it('writes the use of a key down once a look-up, and not for who knows its id alone', async () => {
    const { authenticator, keys, clock, key } = setUp();
    const guessed = formatKey({ keyId: KEY_ID, secret: newSecret() });
    await expect(authenticator.authenticate(guessed, null)).rejects.toThrow(UnauthorizedError);
    expect(keys.touches).toBe(0);
    await authenticator.authenticate(key, null);
    await authenticator.authenticate(key, null);
    expect(keys.touches).toBe(1);
    clock.nowMs = 4000;
    await authenticator.authenticate(key, null);
    expect(keys.touches).toBe(2);
  });

  it('forgets a key at once when it is told to', async () => {
    const { authenticator, keys, key } = setUp();
    await authenticator.authenticate(key, null);
    keys.stored = null;
    authenticator.forget(KEY_ID);
    await expect(authenticator.authenticate(key, null)).rejects.toThrow(UnauthorizedError);
  });
});

describe('Authenticator.authorize', () => {
  const read = ['prompts:read'] as const;

  it('answers at once for a key that proved right, with what the look-up answered', async () => {
    const { authenticator, keys, key } = setUp();
    const headers = { 'x-api-key': key };
    const first = authenticator.authorize(headers, '10.0.0.1', read);
    expect(first).toBeInstanceOf(Promise);
    const looked = await first;
    const again = authenticator.authorize(headers, '10.0.0.1', read);
    expect(again).toEqual(looked);
    // A new object, because rate limits are tracked by it.
    expect(again).not.toBe(looked);
    expect(authenticator.authorize({ authorization: `Bearer ${key}` }, null, [])).toEqual({
      ...looked,
      origin: null,
    });
    expect(keys.lookUps).toBe(1);
    expect(keys.touches).toBe(1);
  });

  it('answers at once for the admin, as soon as the project is known', async () => {
    const { authenticator } = setUp();
    const headers = { 'x-api-key': config.env.API_KEY };
    const looked = await authenticator.authorize(headers, null, read);
    expect(authenticator.authorize(headers, null, read)).toEqual(looked);
    expect(authenticator.authorize(headers, null, read)).not.toBeInstanceOf(Promise);
  });

  it('refuses another secret of a key that proved right, and no key', async () => {
    const { authenticator, key } = setUp();
    await authenticator.authorize({ 'x-api-key': key }, null, read);
    const guessed = [
      formatKey({ keyId: KEY_ID, secret: newSecret() }),
      `${key}0`,
      key.slice(0, -1),
      `${key} `,
    ];
    for (const credential of guessed) {
      await expect(authenticator.authorize({ 'x-api-key': credential }, null, [])).rejects.toThrow(
        UnauthorizedError,
      );
    }
    await expect(authenticator.authorize({}, null, [])).rejects.toThrow(UnauthorizedError);
  });

  it('refuses a scope that the key lacks, known or not', async () => {
    const { authenticator, key } = setUp();
    const headers = { 'x-api-key': key };
    const refusal = new ForbiddenError(['keys:write']);
    await expect(authenticator.authorize(headers, null, ['prompts:read', 'keys:write'])).rejects.toEqual(
      refusal,
    );
    await authenticator.authorize(headers, null, read);
    await expect(authenticator.authorize(headers, null, ['prompts:read', 'keys:write'])).rejects.toEqual(
      refusal,
    );
  });

  it('looks a key up again after four seconds, and when it was told to forget it', async () => {
    const { authenticator, keys, clock, key } = setUp();
    const headers = { 'x-api-key': key };
    await authenticator.authorize(headers, null, read);
    clock.nowMs = 4000;
    expect(authenticator.authorize(headers, null, read)).toBeInstanceOf(Promise);
    await authenticator.authorize(headers, null, read);
    keys.stored = null;
    authenticator.forget(KEY_ID);
    await expect(authenticator.authorize(headers, null, read)).rejects.toThrow(UnauthorizedError);
  });
});

describe('credentialOf', () => {
  it.each([
    [{ 'x-api-key': 'abc' }, 'abc'],
    [{ authorization: 'Bearer abc' }, 'abc'],
    [{ authorization: 'bearer  abc ' }, 'abc'],
    [{ 'x-api-key': 'abc', authorization: 'Bearer def' }, 'abc'],
    [{ 'x-api-key': '' }, null],
    [{ authorization: 'Basic abc' }, null],
    [{ authorization: 'Bearer' }, null],
    [{}, null],
  ])('finds in %j the key %j', (headers, expected) => {
    expect(readCredential(headers)).toBe(expected);
  });
});
