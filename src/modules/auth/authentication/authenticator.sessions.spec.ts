import { Logger } from '@nestjs/common';
import type { Role } from '../../../entities/index.js';
import { config, hasher, KEY_ID, owner, PROJECT_ID, setUp } from './authenticator.testkit.js';
import { ProjectNotFoundError } from '../../projects/index.js';
import { UnauthorizedError } from '../errors.js';
import { formatKey, newSecret } from './key-secret.js';

const OTHER_ID = KEY_ID.replace('01', '02');

describe('a session that was opened with a key', () => {
  it('is that key, with what it may do now', async () => {
    const { authenticator, keys, record, key } = setUp();
    const byKey = await authenticator.authenticate(key, '10.0.0.1');
    expect(await authenticator.resume(KEY_ID, record.secretHmac, '10.0.0.1', null)).toEqual(byKey);
    expect(keys.lookUps).toBe(1);
    expect(await authenticator.resume(KEY_ID, record.secretHmac, null, 'shop')).toMatchObject({
      origin: null,
      projectId: PROJECT_ID,
    });
  });

  it('lasts as long as the secret that opened it', async () => {
    const former = hasher.hash(newSecret());
    const { authenticator, record } = setUp({ previousSecretHmac: former });
    for (const hmac of [former, record.secretHmac]) {
      expect(await authenticator.resume(KEY_ID, hmac, null, null)).toMatchObject({ keyId: KEY_ID });
    }
    const foreign = hasher.hash(newSecret());
    await expect(authenticator.resume(KEY_ID, foreign, null, null)).rejects.toThrow(UnauthorizedError);
    const rotated = setUp();
    await expect(rotated.authenticator.resume(KEY_ID, former, null, null)).rejects.toThrow(UnauthorizedError);
  });

  it('is over with its key', async () => {
    const invalid = setUp({ valid: false });
    const { secretHmac } = invalid.record;
    await expect(invalid.authenticator.resume(KEY_ID, secretHmac, null, null)).rejects.toThrow(
      UnauthorizedError,
    );
    const { authenticator, record } = setUp();
    await expect(authenticator.resume(OTHER_ID, record.secretHmac, null, null)).rejects.toThrow(
      UnauthorizedError,
    );
  });

  it('acts in the project of the key alone, and for a member alone', async () => {
    const { authenticator, record } = setUp();
    await expect(authenticator.resume(KEY_ID, record.secretHmac, null, 'other')).rejects.toEqual(
      new ProjectNotFoundError('other'),
    );
    const left = setUp({ owner: owner({ role: null }) });
    await expect(left.authenticator.resume(KEY_ID, left.record.secretHmac, null, null)).rejects.toMatchObject(
      {
        code: 'FORBIDDEN',
        message:
          'The owner of this key is no longer a member of its project; an admin can add them again with PUT /v1/members/{user_id}.',
        extensions: { missing_scopes: [] },
      },
    );
  });

  it('is the admin of the instance, by the key of now', async () => {
    const { authenticator } = setUp();
    const hmac = hasher.hash(config.env.API_KEY);
    expect(await authenticator.resume(null, hmac, '10.0.0.1', null)).toEqual(
      await authenticator.authenticate(config.env.API_KEY, '10.0.0.1'),
    );
    expect(await authenticator.resume(null, hmac, null, 'shop')).toMatchObject({ projectId: PROJECT_ID });
    const former = hasher.hash('the admin key of before');
    await expect(authenticator.resume(null, former, null, null)).rejects.toThrow(UnauthorizedError);
  });
});

describe('the records of keys', () => {
  /** Builds a stage where every key exists, all with one secret. */
  function setUpMany() {
    const stage = setUp();
    const { keys, record } = stage;
    keys.findForAuthentication = (keyIds) => {
      keys.lookUps += keyIds.length;
      return Promise.resolve(keyIds.map((keyId) => ({ ...record, keyId })));
    };
    const resume = (n: number) =>
      stage.authenticator.resume(
        `${n.toString(16).padStart(8, '0')}${KEY_ID.slice(8)}`,
        record.secretHmac,
        null,
        null,
      );
    return { ...stage, resume };
  }

  it('are kept of the 10,000 latest', async () => {
    const { keys, resume } = setUpMany();
    for (let n = 0; n < 10_000; n += 1) await resume(n);
    await resume(0);
    expect(keys.lookUps).toBe(10_000);
    await resume(10_000);
    await resume(1);
    expect(keys.lookUps).toBe(10_001);
    await resume(0);
    expect(keys.lookUps).toBe(10_002);
  });

  it('are counted by whether they were known', async () => {
    const { authenticator, clock, key } = setUp();
    const figures = () => ({ hits: authenticator.counts.hits, misses: authenticator.counts.misses });
    await authenticator.authenticate(key, null);
    expect(figures()).toEqual({ hits: 0, misses: 1 });
    await authenticator.authenticate(key, null);
    await authenticator.authorize({ 'x-api-key': key }, null, []);
    expect(figures()).toEqual({ hits: 2, misses: 1 });
    await authenticator.authenticate(config.env.API_KEY, null);
    clock.nowMs = 4000;
    await authenticator.authorize({ 'x-api-key': key }, null, []);
    expect(figures()).toEqual({ hits: 2, misses: 2 });
  });

  it('are as old as the time since they were read', async () => {
    const { authenticator, keys, clock, key } = setUp();
    clock.nowMs = 10_000;
    await authenticator.authenticate(key, null);
    clock.nowMs = 13_999;
    await authenticator.authenticate(key, null);
    expect(keys.lookUps).toBe(1);
    clock.nowMs = 14_000;
    await authenticator.authenticate(key, null);
    expect(keys.lookUps).toBe(2);
  });

  it('of keys that nobody owns stay when a user is forgotten', async () => {
    const { authenticator, keys, key } = setUp();
    await authenticator.authenticate(key, null);
    authenticator.forgetUser('ada');
    await authenticator.authenticate(key, null);
    expect(keys.lookUps).toBe(1);
  });

  it('are found again when the project is there again', async () => {
    const { authenticator, keys, record, key } = setUp();
    keys.stored = null;
    await expect(authenticator.authenticate(key, null)).rejects.toThrow(UnauthorizedError);
    keys.stored = record;
    await expect(authenticator.authenticate(key, null)).rejects.toThrow(UnauthorizedError);
    authenticator.forgetProject('another');
    expect(await authenticator.authenticate(key, null)).toMatchObject({ keyId: KEY_ID });
  });

  it('are found at once of a key that was just made', async () => {
    const { authenticator, keys, record, key } = setUp();
    keys.stored = null;
    await expect(authenticator.authenticate(key, null)).rejects.toThrow(UnauthorizedError);
    keys.stored = record;
    authenticator.forget(KEY_ID);
    expect(await authenticator.authenticate(key, null)).toMatchObject({ keyId: KEY_ID });
  });
});

describe('the admin of the instance', () => {
  it('acts in the default project, at once as soon as that is known', async () => {
    const { authenticator } = setUp();
    const send = () => authenticator.authorize({ 'x-api-key': config.env.API_KEY }, null, []);
    const first = send();
    expect(first).toBeInstanceOf(Promise);
    expect(await first).toMatchObject({ projectId: 'default-project' });
    expect(send()).toMatchObject({ kind: 'instance', projectId: 'default-project' });
  });
});

describe('a use that cannot be written down', () => {
  it('lets the request pass, and is told of', async () => {
    const warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    const { authenticator, keys, key } = setUp();
    keys.touch = () => Promise.reject(new Error('the database is away'));
    expect(await authenticator.authenticate(key, null)).toMatchObject({ keyId: KEY_ID });
    await new Promise((resolve) => setImmediate(resolve));
    expect(warned).toHaveBeenCalledWith('last_used_at not written: the database is away');
    warned.mockRestore();
  });
});

describe('a right that a team gives', () => {
  const scopes = ['prompts:write'] as const;

  it('will do where the route says so, known or not', async () => {
    const { authenticator, key } = setUp({
      role: 'editor',
      scopes: [],
      owner: owner({ role: 'viewer', teamRoles: new Map<string, Role>([['search', 'editor']]) }),
    });
    const headers = { 'x-api-key': key };
    for (let n = 0; n < 2; n += 1) {
      expect(await authenticator.authorize(headers, null, scopes, true)).toMatchObject({ role: 'viewer' });
      await expect(authenticator.authorize(headers, null, scopes)).rejects.toMatchObject({
        extensions: { missing_scopes: scopes },
      });
    }
  });
});

it('a key that is known by its id alone is nobody', async () => {
  const { authenticator, key } = setUp();
  await authenticator.authenticate(key, null);
  const guessed = formatKey({ keyId: KEY_ID, secret: newSecret() });
  await expect(authenticator.authorize({ 'x-api-key': guessed }, null, [])).rejects.toThrow(
    UnauthorizedError,
  );
});
