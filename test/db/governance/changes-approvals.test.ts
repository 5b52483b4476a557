import { toPrincipal } from '../../../src/modules/audit/index.js';
import { type Caller, scopesForRole } from '../../../src/modules/auth/index.js';
import type { ChangeDto } from '../../../src/modules/changes/changes.dto.js';
import { ChangesWorld } from '../../support/worlds/changes-world.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

let context: LedgerContext;
let world: ChangesWorld;

beforeAll(async () => {
  context = await openLedgerContext();
  world = await ChangesWorld.open(context);
});
afterAll(async () => {
  world.close();
  await context.close();
});
beforeEach(() => world.protect());

type Pair = readonly [author: Caller, approver: Caller];

const user = (...args: Parameters<ChangesWorld['makeUser']>) => world.makeUser(...args);
const approver = (name: string, madeBy = 'instance', keyMadeBy = madeBy) =>
  user(name, { role: 'approver', madeBy, keyMadeBy });

async function approvalBy([author, other]: Pair): Promise<ChangeDto | string> {
  const change = await world.openChange(author, await world.makePrompt());
  return world.approve(other, change.change_id);
}

describe('an approval of one’s own change is refused', () => {
  it.each<[string, () => Promise<Pair>]>([
    [
      'by the same key',
      async () => {
        const one = await approver('one');
        return [one, one];
      },
    ],
    [
      'by a second key of the same user',
      async () => {
        const one = await approver('one');
        return [one, await world.makeKeyOf(one.userId as string, 'second', 'approver', 'instance')];
      },
    ],
    [
      'by an account that the author made',
      async () => {
        const author = await user('author', { role: 'admin' });
        return [author, await approver('other', toPrincipal(author))];
      },
    ],
    [
      'by who made the account of the author',
      async () => {
        const maker = await approver('maker');
        return [await user('author', { madeBy: toPrincipal(maker) }), maker];
      },
    ],
    [
      'with a key that the author made for another account',
      async () => {
        const author = await user('author', { role: 'admin' });
        return [author, await approver('other', 'instance', toPrincipal(author))];
      },
    ],
    [
      'by who made the key that the author used',
      async () => {
        const maker = await approver('maker');
        return [await user('author', { keyMadeBy: toPrincipal(maker) }), maker];
      },
    ],
    [
      'by an account that an account of the author made',
      async () => {
        const author = await user('author', { role: 'admin' });
        const between = await user('between', { role: 'admin', madeBy: toPrincipal(author) });
        return [author, await approver('other', toPrincipal(between))];
      },
    ],
    [
      'by a key of nobody’s that comes from the key of the author',
      async () => {
        const author = await user('author', { role: 'admin' });
        const ancestors = [author.keyId as string];
        return [author, await world.makeKey('key', { scopes: ['changes:approve'], ancestors })];
      },
    ],
    [
      'by a key that made the key of the author',
      async () => {
        const maker = await world.makeKey('maker', { scopes: ['changes:approve'] });
        const madeBy = toPrincipal(maker);
        return [await world.makeKey('key', { scopes: ['changes:write'], madeBy }), maker];
      },
    ],
    [
      'by an account that the instance made, of the instance',
      async () => [world.instance, await approver('other')],
    ],
    ['by the instance, of an account that it made', async () => [await user('author'), world.instance]],
    [
      'by the instance, of a key that it made',
      async () => [await world.makeKey('key', { scopes: ['changes:write'] }), world.instance],
    ],
    ['by the instance, of itself', () => Promise.resolve([world.instance, world.instance])],
  ])('%s', async (_how, makePair) => {
    expect(await approvalBy(await makePair())).toBe('SELF_APPROVAL');
  });

  it.each<[string, () => Promise<Pair>]>([
    ['two accounts that the instance made', async () => [await user('author'), await approver('other')]],
    [
      'two accounts that a third made',
      async () => {
        const madeBy = toPrincipal(await user('third', { role: 'admin' }));
        return [await user('author', { madeBy }), await approver('other', madeBy)];
      },
    ],
    [
      'two keys that the instance made',
      async () => [
        await world.makeKey('a', { scopes: ['changes:write'] }),
        await world.makeKey('b', { scopes: ['changes:approve'] }),
      ],
    ],
    [
      'the instance, and an account that somebody else made',
      async () => {
        const madeBy = toPrincipal(await user('third', { role: 'admin' }));
        return [world.instance, await approver('other', madeBy)];
      },
    ],
  ])('but not where they are %s', async (_how, makePair) => {
    expect(await approvalBy(await makePair())).toMatchObject({ status: 'approved' });
  });
});

describe('an approval counts by the rights of the moment', () => {
  interface Approved {
    readonly author: Caller;
    readonly reviewer: Caller;
    readonly change: ChangeDto;
  }

  async function approved(makeReviewer: () => Promise<Caller>, ownerTeam?: string): Promise<Approved> {
    const author = await user('author');
    const reviewer = await makeReviewer();
    const prompt = await world.makePrompt(ownerTeam === undefined ? {} : { ownerTeam });
    const { change_id: id } = await world.openChange(author, prompt);
    const change = await world.approve(reviewer, id);
    if (typeof change === 'string') throw new Error(change);
    return { author, reviewer, change };
  }

  it.each<[string, (reviewer: Caller) => [string, unknown[]], (reviewer: Caller) => [string, unknown[]]]>([
    [
      'was made an editor',
      ({ userId }) => [`UPDATE members SET role = 'editor' WHERE user_id = $1`, [userId]],
      ({ userId }) => [`UPDATE members SET role = 'approver' WHERE user_id = $1`, [userId]],
    ],
    [
      'is no member any more',
      ({ userId }) => ['DELETE FROM members WHERE user_id = $1', [userId]],
      ({ userId }) => [
        `INSERT INTO members (project_id, user_id, role, added_by) SELECT project_id, $1, 'admin', 'x' FROM projects WHERE name = 'default'`,
        [userId],
      ],
    ],
    [
      'was disabled',
      ({ userId }) => ['UPDATE users SET disabled_at = now() WHERE user_id = $1', [userId]],
      ({ userId }) => ['UPDATE users SET disabled_at = NULL WHERE user_id = $1', [userId]],
    ],
  ])('of a user who %s', async (_what, lose, regain) => {
    const { author, reviewer, change } = await approved(() => approver('reviewer'));
    expect(change).toMatchObject({ status: 'approved', approvals: [{ by: 'reviewer', counts: true }] });

    await world.sql(...lose(reviewer));
    expect(await world.apply(author, change.change_id)).toBe('APPROVALS_MISSING');
    expect(await world.changes.get(context.projectId, change.change_id)).toMatchObject({
      status: 'open',
      approvals: [{ by: 'reviewer', counts: false }],
    });

    await world.sql(...regain(reviewer));
    expect(await world.apply(author, change.change_id)).toMatchObject({ status: 'applied' });
  });

  it.each<[string, string]>([
    ['was revoked', 'UPDATE api_keys SET revoked_at = now() WHERE key_id = $1'],
    ['has expired', `UPDATE api_keys SET expires_at = now() - interval '1 s' WHERE key_id = $1`],
    ['has the scope no more', `UPDATE api_keys SET scopes = '{prompts:read}' WHERE key_id = $1`],
    ['has a role that is too low', `UPDATE api_keys SET role = 'editor' WHERE key_id = $1`],
  ])('of a key of nobody’s that %s', async (_what, lose) => {
    const { author, reviewer, change } = await approved(() =>
      world.makeKey('key', { scopes: ['changes:approve'] }),
    );
    await world.sql(lose, [reviewer.keyId]);
    expect(await world.apply(author, change.change_id)).toBe('APPROVALS_MISSING');
  });

  it('of a user whose key was revoked, since it is the user who approved', async () => {
    const { author, reviewer, change } = await approved(() => approver('reviewer'));
    await world.sql('UPDATE api_keys SET revoked_at = now() WHERE key_id = $1', [reviewer.keyId]);
    expect(await world.apply(author, change.change_id)).toMatchObject({ status: 'applied' });
  });

  it('of a member of the team that answers for the prompt, by the role of the team', async () => {
    const team = 'answers';
    await world.sql(`INSERT INTO teams (project_id, name, role) VALUES ($1, $2, 'approver')`, [
      context.projectId,
      team,
    ]);
    const reviewer = await user('reviewer', { role: 'viewer' });
    const join = 'INSERT INTO team_members (project_id, team, user_id) VALUES ($1, $2, $3)';
    await world.sql(join, [context.projectId, team, reviewer.userId]);
    const overTeams = new Map([[team, { role: 'approver', scopes: scopesForRole('approver') } as const]]);
    const { author, change } = await approved(() => Promise.resolve({ ...reviewer, overTeams }), team);
    await world.sql(`UPDATE teams SET role = 'runner' WHERE name = $1`, [team]);
    expect(await world.apply(author, change.change_id)).toBe('APPROVALS_MISSING');
    await world.sql(`UPDATE teams SET role = 'admin' WHERE name = $1`, [team]);
    expect(await world.apply(author, change.change_id)).toMatchObject({ status: 'applied' });
  });

  it('of members of the teams that the environment names, and of nobody else', async () => {
    await world.sql(`INSERT INTO teams (project_id, name, role) VALUES ($1, 'legal', 'viewer')`, [
      context.projectId,
    ]);
    await world.protect({ teams: ['legal', 'nobody'] });
    const [author, lawyer, other] = [await user('author'), await approver('lawyer'), await approver('other')];
    const key = await world.makeKey('key', { scopes: ['changes:approve'] });
    const { change_id: id } = await world.openChange(author, await world.makePrompt());
    for (const reviewer of [other, key])
      expect(await world.approve(reviewer, id)).toMatchObject({ status: 'open' });
    expect(await world.apply(author, id)).toBe('APPROVALS_MISSING');
    const join = `INSERT INTO team_members (project_id, team, user_id) VALUES ($1, 'legal', $2)`;
    await world.sql(join, [context.projectId, lawyer.userId]);
    expect(await world.approve(lawyer, id)).toMatchObject({
      status: 'approved',
      approval_teams: ['legal', 'nobody'],
      approvals: [
        { by: 'other', counts: false },
        { by: 'key', counts: false },
        { by: 'lawyer', counts: true },
      ],
    });
    await world.sql('DELETE FROM team_members WHERE user_id = $1', [lawyer.userId]);
    expect(await world.apply(author, id)).toBe('APPROVALS_MISSING');
  });

  it('once, however often it is given', async () => {
    await world.protect({ required: 2 });
    const author = await user('author');
    const one = await approver('one');
    const { change_id: id } = await world.openChange(author, await world.makePrompt());
    const second = await world.makeKeyOf(one.userId as string, 'second', 'approver', 'instance');
    for (const reviewer of [one, one, second]) {
      expect(await world.approve(reviewer, id)).toMatchObject({ status: 'open', approvals: [{ by: 'one' }] });
    }
    expect(await world.approve(await approver('two'), id)).toMatchObject({ status: 'approved' });
  });
});
