import { QueueSegments } from '../../../src/modules/executions/queue/queue-segments.js';
import {
  ANY_TIME,
  countAllQueued,
  type QueuePlace,
} from '../../../src/modules/executions/record/count-queued.js';
import { insertPrompts, insertWaiting } from '../../support/worlds/large-ledger.js';
import { type LedgerContext, openLedgerContext } from '../../support/database/ledger-context.js';
import type { LedgerIds } from '../../support/worlds/record-world.js';

const ALL = { afterProject: '00000000-0000-0000-0000-000000000000', passedOver: [] };
const MOST = 1000;

let context: LedgerContext;
let ids: LedgerIds;
let otherIds: LedgerIds;

beforeEach(async () => {
  context = await openLedgerContext();
  [ids] = (await insertPrompts(context.owner, context.projectId)) as [LedgerIds];
  [otherIds] = (await insertPrompts(context.owner, context.otherProjectId)) as [LedgerIds];
});
afterEach(() => context.close());

const add = (count: number, dueInS: number) =>
  insertWaiting(context.owner, context.projectId, ids, { count, dueInS });
const count = (after: QueuePlace | { dueAt: string }, upto: QueuePlace | null, most: number) =>
  context.executions.countQueued(context.projectId, { after, upto, most });
const countEverything = () => countAllQueued(context.connections, 7);

function openSegments(segmentSize: number, most = MOST) {
  return new QueueSegments(
    (slice) => context.executions.countQueued(context.projectId, slice),
    most,
    segmentSize,
  );
}

describe('a slice of the queue', () => {
  it('is of one project, and tells where it ended when there may be more', async () => {
    await add(5, -60);
    await insertWaiting(context.owner, context.otherProjectId, otherIds, { count: 3, dueInS: -60 });
    const first = await count({ dueAt: ANY_TIME }, null, 3);
    expect(first).toMatchObject({ queued: 3, last: { executionId: expect.any(String) as string } });
    const last = first.last as QueuePlace;
    expect(await count(last, null, 3)).toMatchObject({ queued: 2, last: null });
    // A slice includes its end, but not its beginning.
    expect(await count({ dueAt: ANY_TIME }, last, 9)).toMatchObject({ queued: 3, last: null });
    expect(await count(last, last, 9)).toMatchObject({ queued: 0, last: null });
  });

  it('begins at its floor the next time, and finds the same', async () => {
    await add(5, -60);
    const { floorDueAt } = await count({ dueAt: ANY_TIME }, null, 9);
    expect(await count({ dueAt: floorDueAt }, null, 9)).toMatchObject({ queued: 5 });
  });

  it('parts entries that are due in the same microsecond', async () => {
    await add(6, -60);
    await context.owner.query(`UPDATE executions_in_flight SET due_at = '2026-01-01 00:00:00.123456Z'`);
    const { last } = await count({ dueAt: ANY_TIME }, null, 4);
    expect(await count(last as QueuePlace, null, 4)).toMatchObject({ queued: 2 });
  });
});

describe('segments of the queue', () => {
  it('follow what is submitted, claimed, and due later', async () => {
    const segments = openSegments(4);
    await add(30, -60);
    await add(10, 3600);
    await segments.refresh(Date.now());
    expect(segments.queued).toBe(40);
    await context.executions.claim(3, ALL);
    await add(2, 0);
    await segments.refresh(Date.now());
    expect(segments.queued).toBe(39);
    await context.executions.claim(27, ALL);
    await segments.countAll(Date.now());
    expect(segments.queued).toBe(12);
  });

  it('count no further than it matters', async () => {
    const segments = openSegments(4, 9);
    await add(30, -60);
    await segments.refresh(Date.now());
    expect(segments.queued).toBe(9);
  });
});

describe('the whole queue', () => {
  it('is of all projects, with the time that the oldest has been due', async () => {
    expect(await countEverything()).toEqual({ queued: 0, oldestMs: 0 });
    await add(10, 3600);
    expect(await countEverything()).toEqual({ queued: 10, oldestMs: 0 });
    await add(14, -600);
    await insertWaiting(context.owner, context.otherProjectId, otherIds, { count: 20, dueInS: -60 });
    const { queued, oldestMs } = await countEverything();
    expect(queued).toBe(44);
    expect(Math.round(oldestMs / 60_000)).toBe(10);
    await context.executions.claim(100, ALL);
    expect(await countEverything()).toEqual({ queued: 10, oldestMs: 0 });
  });
});
