import type { Caller } from '../../../src/modules/auth/index.js';
import type { ChangeDto } from '../../../src/modules/changes/changes.dto.js';
import { ChangesWorld } from '../../support/worlds/changes-world.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import { RolloutsWorld } from '../../support/worlds/rollouts-world.js';

let context: LedgerContext;
let world: ChangesWorld;
let rollouts: RolloutsWorld;
let author: Caller;
let reviewer: Caller;

beforeAll(async () => {
  context = await openLedgerContext();
  world = await ChangesWorld.open(context);
  rollouts = new RolloutsWorld(context);
  author = await world.makeUser('author');
  reviewer = await world.makeUser('reviewer', { role: 'approver' });
});
afterAll(async () => {
  world.close();
  await context.close();
});
beforeEach(() => world.protect());

/** Makes a draft in the protected environment. */
async function makeDraft(): Promise<string> {
  return (await rollouts.create(await rollouts.makePrompt(), { on_success: 'apply' })).rollout_id;
}

/** Makes a rollout that was approved and has started. */
async function startApproved(): Promise<{ readonly id: string; readonly changeId: string }> {
  const id = await makeDraft();
  const { change_id: changeId } = await world.openRollout(author, id);
  await world.approve(reviewer, changeId);
  await world.apply(author, changeId);
  return { id, changeId };
}

describe('a rollout in a protected environment', () => {
  it('starts by an approved change, and not without', async () => {
    const id = await makeDraft();
    expect(await rollouts.act(id, 'start')).toBe('ENVIRONMENT_PROTECTED');
    const opened = await world.openRollout(author, id);
    expect(opened).toMatchObject({
      kind: 'rollout',
      rollout_id: id,
      status: 'open',
      environment: 'prod',
      from_version: 1,
      to_version: 2,
    });
    const { change_id: changeId } = opened;
    expect(await world.apply(author, changeId)).toBe('APPROVALS_MISSING');
    expect(await world.approve(author, changeId)).toBe('FORBIDDEN');
    expect(await world.approve(reviewer, changeId)).toMatchObject({ status: 'approved' });
    expect(await world.apply(author, changeId)).toMatchObject({ status: 'applied' });
    expect(await rollouts.get(id)).toMatchObject({
      status: 'running',
      phase: 1,
      change_id: changeId,
      status_by: 'author',
    });
    const { prompt_name: name } = await rollouts.get(id);
    expect(await rollouts.pointerOf(name)).toBe(1);
    // Applying twice has the effect of once.
    expect(await world.apply(author, changeId)).toMatchObject({ status: 'applied' });
    expect((await rollouts.read(id)).fence).toBe(1);
  });

  it('applies its candidate by the same change', async () => {
    const { id, changeId } = await startApproved();
    const { prompt_name: name } = await rollouts.get(id);
    expect(await rollouts.finish(await rollouts.read(id), { outcome: 'completed', reason: 'good' })).toBe(
      true,
    );
    expect(await rollouts.pointerOf(name)).toBe(2);
    const moves = await world.sql('SELECT change_id FROM pointer_moves WHERE change_id = $1', [changeId]);
    expect(moves).toHaveLength(1);
    expect(await world.sql('SELECT FROM approved_versions WHERE change_id = $1', [changeId])).toHaveLength(1);
  });

  it('is paused, resumed and rolled back without another one', async () => {
    const { id } = await startApproved();
    expect(await rollouts.act(id, 'pause')).toMatchObject({ status: 'paused' });
    expect(await rollouts.act(id, 'resume')).toMatchObject({ status: 'running' });
    expect(await rollouts.act(id, 'roll_back', 'bad')).toMatchObject({ status: 'rolled_back' });
    const { prompt_name: name } = await rollouts.get(id);
    expect(await rollouts.movesOf(name)).toEqual(['1 → 1 by test (bad)']);
  });

  it('starts at once in an emergency, which has to be reviewed', async () => {
    const id = await makeDraft();
    const { change_id: changeId } = await world.openRollout(author, id);
    const admin = await world.makeUser('admin', { role: 'admin' });
    const applied = (await world.apply(admin, changeId, { emergency: true, reason: 'now' })) as ChangeDto;
    expect(applied).toMatchObject({ status: 'applied', emergency: true, review: 'open' });
    expect((await rollouts.get(id)).status).toBe('running');
    expect(await world.approve(reviewer, changeId)).toMatchObject({ review: 'closed' });
    // The review covered the rollout, not the candidate's staying.
    expect(await world.sql('SELECT FROM approved_versions WHERE change_id = $1', [changeId])).toEqual([]);
  });

  it('makes its change stale when it is discarded, or the pointer moves', async () => {
    const discarded = await makeDraft();
    const first = await world.openRollout(author, discarded);
    await rollouts.act(discarded, 'stop');
    expect(await world.approve(reviewer, first.change_id)).toBe('CHANGE_STALE');
    const id = await makeDraft();
    const second = await world.openRollout(author, id);
    await world.approve(reviewer, second.change_id);
    const { prompt_name: name } = await rollouts.get(id);
    const change = await world.openChange(author, name, 3);
    await world.approve(reviewer, change.change_id);
    await world.apply(author, change.change_id);
    expect(await world.apply(author, second.change_id)).toBe('CHANGE_STALE');
    expect((await rollouts.get(id)).status).toBe('draft');
  });

  it('is asked for as it is: a draft, by its own words', async () => {
    const { id } = await startApproved();
    await expect(world.openRollout(author, id)).rejects.toMatchObject({ code: 'ROLLOUT_STATUS' });
    await rollouts.act(id, 'stop');
    await expect(world.openRollout(author, id)).rejects.toMatchObject({ code: 'ROLLOUT_FINAL' });
    const draft = await makeDraft();
    const unknown = '01900000-0000-7000-8000-000000000000';
    await expect(world.openRollout(author, unknown)).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
    await expect(world.openRollout(author, draft, { version_number: 3 })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ pointer: '/version_number' }],
    });
    const { prompt_name: name } = await rollouts.get(draft);
    const said = { prompt_name: name, environment: 'prod', version_number: 2 };
    expect(await world.openRollout(author, draft, said)).toMatchObject({ rollout_id: draft });
    await expect(
      world.opening.open(author, { ...said, rollout_id: draft, reason: 'because' }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ pointer: '/rollout_id' }] });
  });

  it('is told how to start where no change is needed', async () => {
    const id = await makeDraft();
    await world.sql(`UPDATE environments SET protected = false WHERE project_id = $1 AND name = 'prod'`, [
      context.projectId,
    ]);
    await expect(world.openRollout(author, id)).rejects.toMatchObject({
      code: 'ENVIRONMENT_NOT_PROTECTED',
      message: expect.stringContaining(`POST /v1/rollouts/${id}:start`),
    });
  });
});
