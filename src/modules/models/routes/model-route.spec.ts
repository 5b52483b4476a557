import fc from 'fast-check';
import { ValidationError } from '../../../kernel/index.js';
import { orderTargets, readTargets } from './model-route.js';

const targetsOf = (...weights: (number | null)[]) =>
  weights.map((weight, index) => ({ provider: 'echo', modelName: `m${index}`, weight }));

const namesOf = (targets: readonly { modelName: string }[]) => targets.map(({ modelName }) => modelName);

/** Returns the given numbers one by one, and throws after the last. */
function randomOf(...numbers: number[]): () => number {
  const left = [...numbers];
  return () => {
    const next = left.shift();
    if (next === undefined) throw new Error('nothing more was to be drawn');
    return next;
  };
}

const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 16 });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the order in which targets are tried', () => {
  it('is that of the list, where nothing is weighed, and draws nothing', () => {
    const targets = targetsOf(null, null, null);
    expect(orderTargets({ strategy: 'order', targets }, randomOf())).toEqual(targets);
  });

  it('has each target once, whatever is drawn, and leaves the list as it was', () => {
    fc.assert(
      fc.property(weights, fc.infiniteStream(chance), (given, draws) => {
        const targets = targetsOf(...given);
        const random = () => draws.next().value;
        const ordered = orderTargets({ strategy: 'weights', targets }, random);
        expect(namesOf(ordered).sort()).toEqual(namesOf(targetsOf(...given)).sort());
        expect(targets).toEqual(targetsOf(...given));
      }),
    );
  });

  it('begins with each target for just as much of what can be drawn as its weight is of all', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 6 }), (given) => {
        const targets = targetsOf(...given);
        const sum = given.reduce((one, other) => one + other, 0);
        const firsts = Array.from({ length: sum }, (_, part) => {
          let draws = 0;
          const random = () => (draws++ === 0 ? (part + 0.5) / sum : 0);
          return orderTargets({ strategy: 'weights', targets }, random)[0];
        });
        expect(targets.map((target) => firsts.filter((first) => first === target).length)).toEqual(given);
      }),
    );
  });

  it('goes on among those that are left, as if the others had never been there', () => {
    fc.assert(
      fc.property(weights, fc.array(chance, { minLength: 16, maxLength: 16 }), (given, draws) => {
        const targets = targetsOf(...given);
        const [first, ...rest] = orderTargets({ strategy: 'weights', targets }, randomOf(...draws));
        const others = targets.filter((target) => target !== first);
        const again = orderTargets({ strategy: 'weights', targets: others }, randomOf(...draws.slice(1)));
        expect(rest).toEqual(again);
      }),
    );
  });

  it.each([
    [
      [0, 0],
      ['m0', 'm1', 'm2'],
    ],
    [
      [0.249, 0.499],
      ['m0', 'm1', 'm2'],
    ],
    [
      [0.25, 0.33],
      ['m1', 'm0', 'm2'],
    ],
    [
      [0.749, 0.5],
      ['m1', 'm2', 'm0'],
    ],
    [
      [0.75, 0.34],
      ['m2', 'm1', 'm0'],
    ],
    [
      [1 - Number.EPSILON / 2, 1 - Number.EPSILON / 2],
      ['m2', 'm1', 'm0'],
    ],
  ])('with the weights 1, 2, 1 and the draws %j is %j', (draws, names) => {
    const ordered = orderTargets({ strategy: 'weights', targets: targetsOf(1, 2, 1) }, randomOf(...draws));
    expect(namesOf(ordered)).toEqual(names);
  });
});

describe('the targets of a request', () => {
  const one = { provider: 'echo', model_name: 'one' };
  const two = { provider: 'echo', model_name: 'two' };

  it('weigh 1 where nobody says more, and nothing where they go by order', () => {
    const weighed = readTargets('weights', [one, { ...two, weight: 7 }]);
    expect(weighed.map(({ weight }) => weight)).toEqual([1, 7]);
    expect(readTargets('order', [one, two]).map(({ weight }) => weight)).toEqual([null, null]);
  });

  it.each([
    ['/targets/2', 'weights' as const, [one, two, { ...one, weight: 2 }]],
    ['/targets/1/weight', 'order' as const, [one, { ...two, weight: 1 }]],
  ])('are refused at %s', (pointer, strategy, targets) => {
    const read = () => readTargets(strategy, targets);
    expect(read).toThrow(ValidationError);
    expect(read).toThrow(
      expect.objectContaining({ errors: [{ pointer, message: expect.any(String) as string }] }),
    );
  });
});
