import type { EntityManager } from 'typeorm';
import type { ApiKeyEntity, Role } from '../../../entities/index.js';
import type { AppConfig } from '../../../infra/config/index.js';
import type { Caller } from '../caller.js';
import { ForbiddenError, UnauthorizedError, UserNotFoundError } from '../errors.js';
import { type Grant, type KeyOwner, NO_TEAMS } from '../roles/rights.js';
import { scopesForRole } from '../roles/roles.js';
import type { Scope } from '../roles/scopes.js';
import { KeyOwners } from './key-owners.js';
import { toWidth } from './key-width.js';
import type { KeysRepository } from '../authentication/keys.repository.js';

const TX = {} as EntityManager;
const EXPIRES_AT = new Date('2030-01-01T00:00:00Z');

function user(userId: string, changes: Partial<KeyOwner> = {}): KeyOwner {
  return {
    userId,
    kind: 'person',
    name: userId,
    isDisabled: false,
    role: 'editor',
    teamRoles: new Map(),
    ...changes,
  };
}

function key(changes: Partial<ApiKeyEntity> = {}): ApiKeyEntity {
  const limits = { expiresAt: EXPIRES_AT, requestsPerMinute: 10, tokensPerMinute: 20 };
  return {
    keyId: 'k',
    userId: null,
    role: null,
    scopes: ['prompts:write', 'keys:write'],
    revokedAt: null,
    ...limits,
    ...changes,
  } as ApiKeyEntity;
}

function caller(changes: Partial<Caller> = {}): Caller {
  return {
    projectId: 'p',
    kind: 'key',
    keyId: 'k',
    userId: null,
    name: 'somebody',
    origin: null,
    role: null,
    scopes: new Set<Scope>(),
    overTeams: NO_TEAMS,
    rateLimits: { requestsPerMinute: null, tokensPerMinute: null },
    ancestors: [],
    ...changes,
  };
}

/** The keys and the members of the project `p`. */
function setUp({ keys = [], users = [] }: { keys?: ApiKeyEntity[]; users?: KeyOwner[] } = {}): KeyOwners {
  const table = {
    find: (_tx: EntityManager, projectId: string, keyId: string) =>
      Promise.resolve(keys.find((each) => projectId === 'p' && each.keyId === keyId) ?? null),
    findOwner: (_tx: EntityManager, projectId: string, userId: string) =>
      Promise.resolve(users.find((each) => projectId === 'p' && each.userId === userId) ?? null),
  };
  return new KeyOwners(table as unknown as KeysRepository, { env: {} } as AppConfig);
}

/** Returns the refusal with its scopes, which the equality of errors leaves out. */
function refusal({ message, extensions }: ForbiddenError): object {
  return { message, extensions };
}

describe('the own key of a caller', () => {
  it('is none for the admin of the instance, whom nothing binds', async () => {
    const own = await setUp().findOwn(TX, caller({ kind: 'instance', keyId: null }));
    expect(own).toMatchObject({ key: null, width: null });
  });

  it('is as wide as it was made where nobody owns it', async () => {
    const own = key();
    const width = {
      scopes: ['prompts:write', 'keys:write'],
      expiresAt: EXPIRES_AT,
      requestsPerMinute: 10,
      tokensPerMinute: 20,
    };
    expect(await setUp({ keys: [own] }).findOwn(TX, caller())).toMatchObject({ key: own, width });
    expect(toWidth(own)).toEqual(width);
  });

  it('is no wider than its owner is now', async () => {
    const own = key({ userId: 'ada' });
    const owners = setUp({ keys: [own], users: [user('ada')] });
    expect(await owners.findOwn(TX, caller({ userId: 'ada' }))).toMatchObject({
      key: own,
      width: {
        scopes: ['prompts:write'],
        expiresAt: EXPIRES_AT,
        requestsPerMinute: 10,
        tokensPerMinute: 20,
      },
    });
  });

  it('of a person who has signed in is limited by their role alone', async () => {
    const person = caller({ kind: 'person', keyId: null, userId: 'ada' });
    expect(await setUp({ users: [user('ada')] }).findOwn(TX, person)).toMatchObject({
      key: null,
      width: {
        scopes: [...scopesForRole('editor')],
        expiresAt: null,
        requestsPerMinute: null,
        tokensPerMinute: null,
      },
    });
  });

  it.each<[string, { keys?: ApiKeyEntity[]; users?: KeyOwner[] }, Partial<Caller>]>([
    ['is not there', {}, {}],
    ['is of another project', { keys: [key()] }, { projectId: 'q' }],
    ['was revoked', { keys: [key({ revokedAt: new Date() })] }, {}],
    ['has an owner who is not there', { keys: [key({ userId: 'ada' })] }, {}],
    [
      'has an owner who was disabled',
      { keys: [key({ userId: 'ada' })], users: [user('ada', { isDisabled: true })] },
      {},
    ],
    ['is that of nobody', { users: [user('ada')] }, { kind: 'person', keyId: null }],
    ['is that of a person who is not there', {}, { kind: 'person', keyId: null, userId: 'ada' }],
    [
      'is that of a person who was disabled',
      { users: [user('ada', { isDisabled: true })] },
      { kind: 'person', keyId: null, userId: 'ada' },
    ],
  ])('is refused when it %s', async (_what, known, who) => {
    await expect(setUp(known).findOwn(TX, caller(who))).rejects.toThrow(UnauthorizedError);
  });
});

const GRANT: Grant = { role: null, scopes: ['prompts:write'] };
const mayManage = { scopes: new Set<Scope>(['members:write']) };
const NEEDS_MEMBERS = refusal(
  new ForbiddenError(
    ['members:write'],
    'A key for another user needs the scope members:write, which yours lacks; leave user_id out for a key of your own.',
  ),
);
const NOT_FOR_PEOPLE = refusal(
  new ForbiddenError([], 'Only the instance makes keys for another person; name a service account.'),
);

describe('the user of a new key', () => {
  const users = [user('ada'), user('bob'), user('bot', { kind: 'service' })];

  it.each<[string, Partial<Caller>, string | null, string | null]>([
    ['nobody, for a key that nobody owns', {}, null, null],
    ['the user of its maker', { userId: 'ada' }, null, 'ada'],
    ['its maker, who names themselves', { userId: 'ada' }, 'ada', 'ada'],
    ['a service account, for who may manage members', mayManage, 'bot', 'bot'],
    ['a service account, in place of its maker', { ...mayManage, userId: 'ada' }, 'bot', 'bot'],
    ['a person, for the instance', { kind: 'instance', keyId: null }, 'bob', 'bob'],
  ])('is %s', async (_what, who, named, chosen) => {
    expect(await setUp({ users }).choose(TX, caller(who), named, GRANT)).toBe(chosen);
  });

  it.each<[string, Partial<Caller>, string, object]>([
    ['another user, without the scope', { userId: 'ada' }, 'bot', NEEDS_MEMBERS],
    ['any user, without the scope', {}, 'bot', NEEDS_MEMBERS],
    ['another person', { ...mayManage, userId: 'ada' }, 'bob', NOT_FOR_PEOPLE],
    ['somebody unknown, without the scope', {}, 'eve', NEEDS_MEMBERS],
  ])('is not %s', async (_what, who, named, answer) => {
    await expect(setUp({ users }).choose(TX, caller(who), named, GRANT)).rejects.toMatchObject(answer);
  });

  it('has to be a member', async () => {
    const unknown = new UserNotFoundError('eve', 'PUT /v1/members/{user_id} makes them a member');
    for (const who of [mayManage, { kind: 'instance' } as const]) {
      await expect(setUp({ users }).choose(TX, caller(who), 'eve', GRANT)).rejects.toEqual(unknown);
    }
    await expect(setUp().choose(TX, caller({ userId: 'eve' }), null, GRANT)).rejects.toEqual(unknown);
  });

  const choose = (owner: Partial<KeyOwner>, grant: Grant) =>
    setUp({ users: [user('ada', owner)] }).choose(TX, caller({ userId: 'ada' }), null, grant);

  it('must not be disabled', async () => {
    await expect(choose({ isDisabled: true }, GRANT)).rejects.toMatchObject(
      refusal(new ForbiddenError([], 'User "ada" is disabled; PATCH /v1/users/{user_id} enables them.')),
    );
  });

  it('may do all that the key may, over one team at least', async () => {
    expect(await choose({ role: 'editor' }, { role: 'editor', scopes: [] })).toBe('ada');
    const ofTeam = { role: 'viewer', teamRoles: new Map<string, Role>([['search', 'editor']]) } as const;
    expect(await choose(ofTeam, GRANT)).toBe('ada');
    expect(await choose({ ...ofTeam, role: null }, GRANT)).toBe('ada');
  });

  it.each<[Partial<KeyOwner>, string[], Scope[], string]>([
    [
      { role: 'viewer' },
      ['prompts:read', 'prompts:write', 'keys:write'],
      ['prompts:write', 'keys:write'],
      'A key cannot do more than its owner, who is viewer; it would also have prompts:write, keys:write.',
    ],
    [
      { role: null },
      ['prompts:read'],
      ['prompts:read'],
      'A key cannot do more than its owner, who is not a member; it would also have prompts:read.',
    ],
  ])('%j with a key for %j lacks %j', async (owner, scopes, beyond, detail) => {
    await expect(choose(owner, { role: null, scopes })).rejects.toMatchObject(
      refusal(new ForbiddenError(beyond, detail)),
    );
  });
});

describe('whoever gets the new secret of a key', () => {
  const users = [user('ada'), user('bob'), user('bot', { kind: 'service' })];
  const hold = (who: Partial<Caller>, owned: Partial<ApiKeyEntity>) =>
    setUp({ users }).assertMayHold(TX, caller(who), key({ keyId: 'other', ...owned }));

  it.each<[string, Partial<Caller>, Partial<ApiKeyEntity>]>([
    ['their own key', {}, { keyId: 'k', userId: 'bob' }],
    ['a key that nobody owns', {}, {}],
    ['a key that nobody owns, as a user', { userId: 'ada' }, {}],
    ['another key of their own user', { userId: 'ada' }, { userId: 'ada' }],
    ['a key of a service account, as who manages members', mayManage, { userId: 'bot' }],
    ['a key of a person, as the instance', { kind: 'instance', keyId: null }, { userId: 'bob' }],
  ])('may for %s', async (_what, who, owned) => {
    await expect(hold(who, owned)).resolves.toBeUndefined();
  });

  it('may not pass for somebody else', async () => {
    await expect(hold({ userId: 'ada' }, { userId: 'bot' })).rejects.toMatchObject(NEEDS_MEMBERS);
    await expect(hold({ ...mayManage, userId: 'ada' }, { userId: 'bob' })).rejects.toMatchObject(
      NOT_FOR_PEOPLE,
    );
  });
});
