import fc from 'fast-check';
import type { FaultRow } from '../../core/row.js';
import {
  apply,
  born,
  claim,
  holdOf,
  isPossible,
  sweep,
  visible,
  type Model,
  type Operation,
} from './state-model.js';
import { countMoves, isLegal, LEGAL_MOVES, nameOf } from './state-moves.js';
import { StateWorld } from './state-world.js';

const SIZES = { full: { batches: 100, sequences: 100 }, short: { batches: 2, sequences: 60 } };
const MOST_STEPS = 16;
const MOST_SHOWN = 5;

/** One operation at a time, or two at once. */
type Step = readonly [Operation] | readonly [Operation, Operation];

interface Sequence {
  readonly birth: Parameters<typeof born>[0];
  readonly steps: readonly Step[];
}

/** One sequence under way. */
interface Walker {
  readonly id: string;
  readonly steps: readonly Step[];
  model: Model;
}

interface Tally {
  sequences: number;
  operations: number;
  races: number;
  readonly broken: string[];
}

/**
 * Runs random sequences against a model that says exactly what must become of an execution and its attempts, and against
 * the table of legal moves, for which the database itself records every change. Many walk at once, with one execution each.
 */
export const stateMachineRow: FaultRow = {
  number: 13,
  fault: 'state machine against fast-check, 10,000 sequences',
  mustHold: '0 illegal moves',
  async run(context, size) {
    const { batches, sequences } = SIZES[size];
    const tally: Tally = { sequences: 0, operations: 0, races: 0, broken: [] };
    const seed = Date.now() & 0x7fffffff;
    const world = await StateWorld.open(context);
    try {
      const many = fc.array(aSequence(), { minLength: sequences, maxLength: sequences });
      for (const batch of fc.sample(many, { numRuns: batches, seed })) {
        await walk(world, batch, tally);
        if (tally.broken.length >= MOST_SHOWN) break;
      }
    } finally {
      await world.close();
    }
    const moves = await countMoves(context);
    const illegal = moves.filter((move) => !isLegal(move));
    const seen = new Set(moves.filter(({ from_status: from }) => from !== null).map(nameOf));
    return {
      landed: [
        { what: 'random sequences', count: tally.sequences, atLeast: batches * sequences },
        { what: 'times two operations at once', count: tally.races, atLeast: batches },
        {
          what: 'different moves, of all that can be brought about',
          count: seen.size,
          atLeast: size === 'full' ? LEGAL_MOVES : 1,
        },
      ],
      measured: {
        operations: tally.operations,
        moves: moves.reduce((sum, { count }) => sum + count, 0),
        'illegal moves': illegal.reduce((sum, { count }) => sum + count, 0),
        'states other than the model says': tally.broken.length,
        seed,
      },
      broken: [
        ...illegal.map((move) => `${move.count} times ${nameOf(move)}, which is illegal.`),
        ...tally.broken.slice(0, MOST_SHOWN),
      ],
    };
  },
};

function aSequence(): fc.Arbitrary<Sequence> {
  const stale = fc.oneof(
    { weight: 4, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  );
  const next = fc.constantFrom(
    'succeeded' as const,
    'failed' as const,
    'canceled' as const,
    'queued' as const,
    'running' as const,
  );
  const held = (kind: 'dispatch' | 'renew' | 'release') => fc.record({ kind: fc.constant(kind), stale });
  const free = (kind: 'claim' | 'cancel' | 'lapse' | 'sweep') => fc.constant({ kind });
  const operation: fc.Arbitrary<Operation> = fc.oneof(
    { weight: 5, arbitrary: free('claim') },
    { weight: 5, arbitrary: held('dispatch') },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('finish' as const), stale, next }) },
    { weight: 2, arbitrary: free('lapse') },
    { weight: 2, arbitrary: free('sweep') },
    { weight: 1, arbitrary: held('renew') },
    { weight: 1, arbitrary: held('release') },
    { weight: 1, arbitrary: free('cancel') },
  );
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(operation) },
    { weight: 1, arbitrary: fc.tuple(operation, operation) },
  );
  const birth = fc.record({
    mode: fc.constantFrom('async' as const, 'async' as const, 'sync' as const),
    onUnknown: fc.constantFrom('retry' as const, 'fail' as const),
    maxAttempts: fc.integer({ min: 1, max: 4 }),
    // Some start close to the limit of lapses at which the service gives up.
    lapses: fc.constantFrom(0, 0, 8),
  });
  return fc.record({ birth, steps: fc.array(step, { minLength: 4, maxLength: MOST_STEPS }) });
}

async function walk(world: StateWorld, batch: readonly Sequence[], tally: Tally): Promise<void> {
  const walkers = await Promise.all(
    batch.map(async ({ birth, steps }) => {
      const model = born(birth);
      return { id: await world.insert(model), steps, model };
    }),
  );
  await world.settleIn(walkers.map(({ id, model }) => ({ id, lapses: model.lapses })));
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await stepSingles(world, walkers, step, tally);
    for (const walker of walkers) await race(world, walkers, walker, step, tally);
    await compare(world, walkers, step, tally);
  }
  tally.sequences += walkers.length;
  tally.broken.push(...(await world.findMisplaced()));
  await world.forget(walkers.map(({ id }) => id));
}

/** Performs all single operations of this step, by kind, because a claim and a sweep act on whatever they find. */
async function stepSingles(world: StateWorld, walkers: readonly Walker[], step: number, tally: Tally) {
  const doing = (kind: Operation['kind']) =>
    walkers.flatMap((walker) => {
      const [operation, other] = walker.steps[step] ?? [];
      if (operation?.kind !== kind || other !== undefined || !isPossible(walker.model, operation)) return [];
      tally.operations += 1;
      return [{ walker, operation }];
    });
  const idsOf = (all: readonly { readonly walker: Walker }[]) => all.map(({ walker }) => walker.id);

  const lapsing = doing('lapse');
  await world.lapse(idsOf(lapsing));
  for (const { walker, operation } of lapsing) walker.model = apply(walker.model, operation);
  for (const kind of ['dispatch', 'finish', 'renew', 'release', 'cancel'] as const) {
    const acting = doing(kind);
    await Promise.all(acting.map(({ walker, operation }) => perform(world, walkers, walker, operation)));
    for (const { walker, operation } of acting) walker.model = apply(walker.model, operation);
  }
  if (doing('sweep').length > 0) {
    await world.sweepAll();
    for (const walker of walkers) walker.model = sweep(walker.model);
  }
  const claiming = doing('claim');
  if (claiming.length === 0) return;
  await world.makeDue(idsOf(claiming));
  for (const { walker } of claiming)
    walker.model = { ...walker.model, isDue: walker.model.status === 'queued' };
  await world.claimAll(walkers.length);
  for (const walker of walkers) walker.model = claim(walker.model);
}

async function perform(world: StateWorld, walkers: readonly Walker[], walker: Walker, operation: Operation) {
  switch (operation.kind) {
    case 'lapse':
      return world.lapse([walker.id]);
    case 'cancel':
      return world.cancel(walker.id);
    case 'sweep':
      return world.sweepAll();
    case 'claim':
      return world.claimAll(walkers.length);
    default: {
      const hold = holdOf(walker.model, operation.stale);
      return hold === null ? undefined : world.act(walker.id, hold, operation);
    }
  }
}

/**
 * Performs two operations at once on one execution: the result must equal that of one of the two orders.
 * A claim, a sweep and a renewal never wait, so they may also have skipped the execution.
 */
async function race(
  world: StateWorld,
  walkers: readonly Walker[],
  walker: Walker,
  step: number,
  tally: Tally,
) {
  const [one, two] = walker.steps[step] ?? [];
  if (one === undefined || two === undefined) return;
  if (!isPossible(walker.model, one) || !isPossible(walker.model, two)) return;
  // An owner does one thing after another; only its leases are renewed concurrently.
  if (
    'stale' in one &&
    'stale' in two &&
    one.stale === two.stale &&
    one.kind !== 'renew' &&
    two.kind !== 'renew'
  )
    return;
  const others = walkers.filter((each) => each !== walker);
  const kinds = [one.kind, two.kind];
  // A sweep makes others due, which a concurrent claim may or may not see.
  if (kinds.includes('claim') && kinds.includes('sweep') && others.some(({ model }) => model.isLapsed))
    return;
  tally.operations += 2;
  tally.races += 1;
  const isClaim = kinds.includes('claim');
  if (isClaim) await world.makeDue([walker.id]);
  const before =
    isClaim && walker.model.status === 'queued' ? { ...walker.model, isDue: true } : walker.model;
  await Promise.all(
    [one, two].map((operation) => perform(world, walkers, { ...walker, model: before }, operation)),
  );
  // They also acted on whatever they found of the others.
  for (const other of others) {
    if (kinds.includes('sweep')) other.model = sweep(other.model);
    if (isClaim) other.model = claim(other.model);
  }
  const seen = (await world.read([walker.id])).get(walker.id);
  const outcomes = outcomesOf(before, one, two);
  const outcome = outcomes.find((each) => visible(each) === seen);
  if (outcome === undefined) {
    const expected = [...new Set(outcomes.map(visible))].join(' or ');
    tally.broken.push(
      `${JSON.stringify([one, two])} at once on ${visible(before)}: ${seen ?? ''}, not ${expected}.`,
    );
  }
  walker.model = outcome ?? before;
}

function outcomesOf(model: Model, one: Operation, two: Operation): Model[] {
  const orders = [
    [one, two],
    [two, one],
  ];
  const skipped = [one, two].filter(({ kind }) => ['claim', 'sweep', 'renew'].includes(kind));
  const alone = skipped.map((skip) => [skip === one ? two : one]);
  return [...orders, ...alone, ...(skipped.length === 2 ? [[]] : [])].map((order) =>
    // Both knew their hold beforehand, and do not see what the other does to it.
    order.reduce((state, operation) => applyAs(state, model, operation), model),
  );
}

/** Applies an operation under the hold that its owner had at the start. */
function applyAs(state: Model, before: Model, operation: Operation): Model {
  if (!('stale' in operation)) return apply(state, operation);
  const hold = holdOf(before, operation.stale);
  if (hold === null) return state;
  const holds = state.holds.filter(({ fence }) => fence !== hold.fence);
  const mine = state.holds.find(({ fence }) => fence === hold.fence) ?? hold;
  const ended = apply({ ...state, holds: [...holds, mine] }, { ...operation, stale: false });
  return { ...ended, holds: [...ended.holds].sort((a, b) => a.fence - b.fence) };
}

async function compare(
  world: StateWorld,
  walkers: readonly Walker[],
  step: number,
  tally: Tally,
): Promise<void> {
  const seen = await world.read(walkers.map(({ id }) => id));
  for (const walker of walkers) {
    const [is, shouldBe] = [seen.get(walker.id), visible(walker.model)];
    if (is === shouldBe || tally.broken.length >= MOST_SHOWN) continue;
    const steps = JSON.stringify(walker.steps.slice(0, step + 1));
    tally.broken.push(`After ${steps} it is ${is ?? 'gone'}, not ${shouldBe}.`);
  }
}
