import { toPrincipal } from '../../../src/modules/audit/index.js';
import { CHANGE_STATUSES } from '../../../src/entities/index.js';
import type { Caller } from '../../../src/modules/auth/index.js';
import type { ChangeDto } from '../../../src/modules/changes/changes.dto.js';
import { ChangesWorld, ENVIRONMENT } from '../../support/worlds/changes-world.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';

let context: LedgerContext;
let world: ChangesWorld;
let author: Caller;
let reviewer: Caller;

beforeAll(async () => {
  context = await openLedgerContext();
  world = await ChangesWorld.open(context);
  author = await world.makeUser('author');
  reviewer = await world.makeUser('reviewer', { role: 'approver' });
});
afterAll(async () => {
  world.close();
  await context.close();
});
beforeEach(() => world.protect());

async function open(version = 2): Promise<ChangeDto> {
  return world.openChange(author, await world.makePrompt(), version);
}

async function openApproved(): Promise<ChangeDto> {
  const { change_id: id } = await open();
  return (await world.approve(reviewer, id)) as ChangeDto;
}

interface Move {
  readonly change_id: string;
  readonly emergency: boolean;
  readonly reason: string;
  readonly moved_by: string;
}

const movesOf = (id: string) =>
  world.sql<Move>('SELECT change_id, emergency, reason, moved_by FROM pointer_moves WHERE change_id = $1', [
    id,
  ]);

const actionsOf = async (id: string) =>
  (
    await world.sql<{ action: string }>(
      'SELECT action FROM audit_log WHERE subject_id = $1 ORDER BY audit_id',
      [id],
    )
  ).map(({ action }) => action);

describe('a change', () => {
  it('is opened, approved and applied', async () => {
    const opened = await open();
    expect(opened).toMatchObject({
      status: 'open',
      environment: ENVIRONMENT,
      from_version: 1,
      to_version: 2,
      opened_by: 'author',
      required_approvals: 1,
      approvals: [],
      closed_at: null,
      review: null,
    });
    const { change_id: id } = opened;
    expect(await world.approve(reviewer, id, 'fine')).toMatchObject({
      status: 'approved',
      approvals: [{ by: 'reviewer', comment: 'fine', counts: true }],
    });
    const applied = await world.apply(author, id);
    expect(applied).toMatchObject({ status: 'applied', closed_by: 'author', emergency: false, review: null });
    expect(await movesOf(id)).toEqual([
      { change_id: id, emergency: false, reason: 'because', moved_by: 'author' },
    ]);
    expect(await world.sql('SELECT FROM approved_versions WHERE change_id = $1', [id])).toHaveLength(1);
    expect(await actionsOf(id)).toEqual(['change.open', 'change.approve', 'change.apply']);
    // Applying twice has the effect of once.
    expect(await world.apply(reviewer, id)).toEqual(applied);
    expect(await world.apply(author, id)).toEqual(applied);
    expect(await movesOf(id)).toHaveLength(1);
    expect(await actionsOf(id)).toHaveLength(3);
  });

  it.each<[string, (name: string) => Promise<unknown>]>([
    [
      'the pointer moves',
      (name) =>
        world.sql(
          `UPDATE prompt_pointers pp SET version_id = v.version_id FROM prompts p, prompt_versions v
           WHERE p.name = $1 AND pp.prompt_id = p.prompt_id AND v.prompt_id = p.prompt_id AND v.version_number = 3`,
          [name],
        ),
    ],
    [
      'the pointer goes',
      (name) =>
        world.sql(
          'DELETE FROM prompt_pointers pp USING prompts p WHERE p.name = $1 AND pp.prompt_id = p.prompt_id',
          [name],
        ),
    ],
    ['the rules change', () => world.protect({ required: 1 })],
    [
      'the protection is lifted',
      () =>
        world.sql(
          `UPDATE environments SET protected = false, revision = revision + 1 WHERE name = '${ENVIRONMENT}'`,
        ),
    ],
    [
      'the prompt is deleted',
      (name) => world.sql('UPDATE prompts SET deleted_at = now() WHERE name = $1', [name]),
    ],
  ])('is stale once %s', async (_what, move) => {
    const { change_id: id, prompt_name: name } = await openApproved();
    await move(name);
    expect(await world.changes.get(context.projectId, id)).toMatchObject({
      status: 'stale',
      closed_at: null,
    });
    const emergency = { emergency: true, reason: 'now' };
    expect(await world.apply(author, id)).toBe('CHANGE_STALE');
    expect(await world.apply(world.instance, id, emergency)).toBe('CHANGE_STALE');
    expect(await world.approve(reviewer, id)).toBe('CHANGE_STALE');
    expect(await world.reject(reviewer, id)).toBe('CHANGE_STALE');
    expect(await world.withdraw(author, id)).toBe('CHANGE_STALE');
    const shown = await world.changes.get(context.projectId, id);
    expect(shown.status).toBe('stale');
    expect(shown.closed_at).not.toBeNull();
    expect(await movesOf(id)).toEqual([]);
    expect(await actionsOf(id)).toEqual(['change.open', 'change.approve', 'change.stale']);
  });

  it('is stale once another one was applied', async () => {
    const prompt = await world.makePrompt();
    const one = await world.openChange(author, prompt, 2);
    const other = await world.openChange(author, prompt, 3);
    for (const { change_id: id } of [one, other]) await world.approve(reviewer, id);
    expect(await world.apply(author, one.change_id)).toMatchObject({ status: 'applied' });
    expect(await world.apply(author, other.change_id)).toBe('CHANGE_STALE');
  });

  it('expires', async () => {
    const { change_id: id } = await openApproved();
    // Postgres allows that only to the owner.
    await world.sql(`UPDATE changes SET expires_at = now() - interval '1 s' WHERE change_id = $1`, [id]);
    expect(await world.changes.get(context.projectId, id)).toMatchObject({ status: 'expired' });
    expect(await world.apply(author, id)).toBe('CHANGE_CLOSED');
    expect(await world.apply(world.instance, id, { emergency: true, reason: 'now' })).toBe('CHANGE_CLOSED');
    expect(await world.approve(reviewer, id)).toBe('CHANGE_CLOSED');
    expect(await actionsOf(id)).toContain('change.expired');
  });

  it.each<['reject' | 'withdraw', string]>([
    ['reject', 'rejected'],
    ['withdraw', 'withdrawn'],
  ])('is closed for good by %s', async (verb, status) => {
    const { change_id: id } = await openApproved();
    const by = verb === 'reject' ? reviewer : author;
    expect(await world[verb](by, id)).toMatchObject({ status, closed_by: by.name });
    expect(await world.apply(author, id)).toBe('CHANGE_CLOSED');
    expect(await world.approve(reviewer, id)).toBe('CHANGE_CLOSED');
    expect(await world[verb](by, id)).toBe('CHANGE_CLOSED');
    expect(await world.apply(world.instance, id, { emergency: true, reason: 'now' })).toBe('CHANGE_CLOSED');
    expect(await actionsOf(id)).toEqual(['change.open', 'change.approve', `change.${verb}`]);
  });

  it('is withdrawn by its author only, and applied by its author and by approvers only', async () => {
    const other = await world.makeUser('other');
    const { change_id: id } = await openApproved();
    expect(await world.withdraw(reviewer, id)).toBe('FORBIDDEN');
    expect(await world.apply(other, id)).toBe('FORBIDDEN');
    expect(await world.apply(reviewer, id)).toMatchObject({ status: 'applied', closed_by: 'reviewer' });
  });

  it('asks for what can be: a prompt and a version that are there, another one, a protected environment', async () => {
    const name = await world.makePrompt();
    const ask = (more: object) =>
      world.opening
        .open(author, {
          prompt_name: name,
          environment: ENVIRONMENT,
          version_number: 2,
          reason: 'r',
          ...more,
        })
        .then(
          () => null,
          (error: unknown) => (error as { code: string }).code,
        );
    expect(await ask({ prompt_name: 'nobody' })).toBe('PROMPT_NOT_FOUND');
    expect(await ask({ version_number: 4 })).toBe('VERSION_NOT_FOUND');
    expect(await ask({ version_number: 1 })).toBe('VALIDATION_FAILED');
    expect(await ask({ environment: 'dev' })).toBe('ENVIRONMENT_NOT_PROTECTED');
    expect(await ask({ environment: 'unheard-of' })).toBe('ENVIRONMENT_NOT_PROTECTED');
    expect(await ask({})).toBeNull();
  });

  it('may come first: then it goes from nothing', async () => {
    const name = await world.makePrompt();
    await world.sql(
      'DELETE FROM prompt_pointers pp USING prompts p WHERE p.name = $1 AND pp.prompt_id = p.prompt_id',
      [name],
    );
    const change = await world.openChange(author, name, 1);
    expect(change.from_version).toBeNull();
    await world.approve(reviewer, change.change_id);
    expect(await world.apply(author, change.change_id)).toMatchObject({
      status: 'applied',
      from_version: null,
    });
  });

  it('is found by the status that it has now, whatever is stored', async () => {
    const stale = await openApproved();
    await world.protect();
    const expired = await open();
    await world.sql(`UPDATE changes SET expires_at = now() WHERE change_id = $1`, [expired.change_id]);
    const rejected = await open();
    await world.reject(reviewer, rejected.change_id);
    const opened = await open();
    const approved = await openApproved();
    const list = async (query: object) =>
      (await world.changes.list(context.projectId, { limit: 200, ...query })).changes;
    const shown = await list({});
    for (const status of CHANGE_STATUSES) {
      const wanted = shown.filter((change) => change.status === status).map(({ change_id: id }) => id);
      expect((await list({ status })).map(({ change_id: id }) => id)).toEqual(wanted);
    }
    const statusOf = new Map(shown.map(({ change_id: id, status }) => [id, status]));
    expect([stale, expired, rejected, opened, approved].map(({ change_id: id }) => statusOf.get(id))).toEqual(
      ['stale', 'expired', 'rejected', 'open', 'approved'],
    );
    expect(await list({ prompt_name: opened.prompt_name })).toMatchObject([{ change_id: opened.change_id }]);
    expect(await list({ environment: 'dev' })).toEqual([]);
  });

  it('keeps what its approvals are bound to: Postgres refuses to change it', async () => {
    const { change_id: id } = await open();
    const bound = [
      `checksum_hash = 'x'`,
      `to_version_id = from_version_id`,
      'from_version_id = NULL',
      `environment = 'dev'`,
      'policy_revision = 0',
      `evidence = '[]'`,
      'required_approvals = 0',
      `approval_teams = '{}'`,
      `opened_by = 'instance'`,
      `expires_at = 'infinity'`,
    ];
    for (const set of bound) {
      const update = context.scope.transaction(context.projectId, (tx) =>
        tx.query(`UPDATE changes SET ${set} WHERE change_id = $1`, [id]),
      );
      await expect(update).rejects.toThrow('permission denied');
    }
  });
});

describe('an emergency', () => {
  const now = { emergency: true, reason: 'it insults customers' };

  it('is applied past its approvals, loudly, and reviewed by somebody else', async () => {
    const address = 'https://hooks.example.com/emergencies';
    await world.sql(
      `UPDATE projects SET settings = json_build_object('callback_url', $2::text) WHERE project_id = $1`,
      [context.projectId, address],
    );
    await world.protect({ required: 3 });
    const admin = await world.makeUser('admin', { role: 'admin' });
    const { change_id: id } = await open();
    expect(await world.apply(admin, id, now)).toMatchObject({
      status: 'applied',
      emergency: true,
      review: 'open',
      closed_by: 'admin',
      closed_reason: now.reason,
    });
    expect(await movesOf(id)).toEqual([
      { change_id: id, emergency: true, reason: now.reason, moved_by: 'admin' },
    ]);
    const events = await world.sql<{ kind: string; body: object; is_due: boolean }>(
      'SELECT kind, body, due_at IS NOT NULL AS is_due FROM outbox WHERE subject = $1',
      [id],
    );
    expect(events).toMatchObject([
      {
        kind: 'change.emergency',
        is_due: true,
        body: {
          url: address,
          event: {
            type: 'change.emergency',
            data: { change_id: id, from_version: 1, to_version: 2, applied_by: 'admin', reason: now.reason },
          },
        },
      },
    ]);
    expect(await world.apply(admin, id, now)).toMatchObject({ status: 'applied', review: 'open' });
    expect(await movesOf(id)).toHaveLength(1);

    const madeByAdmin = await world.makeUser('sock', { role: 'approver', madeBy: toPrincipal(admin) });
    for (const one of [admin, madeByAdmin]) expect(await world.approve(one, id)).toBe('SELF_APPROVAL');
    // An editor approves nothing, whoever opened the change.
    expect(await world.approve(author, id)).toBe('FORBIDDEN');
    const approvedBy = () => world.sql('SELECT change_id FROM approved_versions WHERE change_id = $1', [id]);
    expect(await approvedBy()).toEqual([]);
    expect(await world.approve(reviewer, id)).toMatchObject({ status: 'applied', review: 'closed' });
    expect(await approvedBy()).toEqual([{ change_id: id }]);
    expect(await world.approve(reviewer, id)).toMatchObject({ review: 'closed' });
    expect(await actionsOf(id)).toEqual(['change.open', 'change.emergency', 'change.review']);
    expect(await world.reject(reviewer, id)).toBe('CHANGE_CLOSED');
  });

  it('is for admins, and needs a reason', async () => {
    const { change_id: id } = await open();
    expect(await world.apply(reviewer, id, now)).toBe('FORBIDDEN');
    expect(await world.apply(author, id, now)).toBe('FORBIDDEN');
    for (const reason of [undefined, null, '', ' ']) {
      expect(await world.apply(world.instance, id, { ...now, reason })).toBe('VALIDATION_FAILED');
    }
    expect(await movesOf(id)).toEqual([]);
  });
});

describe('fifty approvers and appliers at once', () => {
  it('apply a change at most once, and never without the approvals that it takes', async () => {
    await world.protect({ required: 4 });
    const approvers: Caller[] = [];
    for (let index = 0; index < 25; index += 1) {
      approvers.push(await world.makeUser(`approver ${index}`, { role: 'approver' }));
    }
    for (let round = 0; round < 3; round += 1) {
      const { change_id: id } = await open();
      const outcomes = await Promise.all(
        approvers.flatMap((one) => [world.apply(one, id), world.approve(one, id)]),
      );
      const codes = outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : outcome.status));
      expect(
        codes.filter(
          (code) => !['open', 'approved', 'applied', 'APPROVALS_MISSING', 'CHANGE_CLOSED'].includes(code),
        ),
      ).toEqual([]);
      expect(await world.apply(author, id)).toMatchObject({ status: 'applied' });
      expect(await movesOf(id)).toHaveLength(1);
      const [row] = await world.sql<{ count: number }>(
        'SELECT count(*)::int AS count FROM change_reviews WHERE change_id = $1',
        [id],
      );
      // Approvals after the apply were refused, so these are the ones that the change was applied with.
      expect(row?.count).toBeGreaterThanOrEqual(4);
    }
  });
});
