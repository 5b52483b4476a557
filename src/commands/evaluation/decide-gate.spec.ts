import type { ExperimentComparison } from '../../../sdk/src/index.js';
import { comparePairs, type Pair } from '../../statistics/index.js';
import { combineGates, decideGate, type GateDecision } from './decide-gate.js';

const RULE = { scorer: 's', maxDrop: 0.03, maxErrors: 0 };

function comparison(
  [wins, losses, ties]: readonly [number, number, number],
  more: Partial<ExperimentComparison> = {},
): ExperimentComparison {
  const pairs = [
    ...Array<Pair>(wins).fill({ baseline: 0, candidate: 1 }),
    ...Array<Pair>(losses).fill({ baseline: 1, candidate: 0 }),
    ...Array<Pair>(ties).fill({ baseline: 1, candidate: 1 }),
  ];
  const { pValue, ...compared } = comparePairs(pairs, 0.05);
  return {
    ...compared,
    p_value: pValue,
    missing: 0,
    missing_by_error: 0,
    errors: 0,
    ...more,
  } as ExperimentComparison;
}

const codeOf = (compared: ExperimentComparison, rule = RULE) =>
  decideGate('completed', compared, rule).exitCode;

describe('decideGate', () => {
  it.each([
    ['64 items without a flip', comparison([0, 0, 64]), 0],
    ['63 items without a flip', comparison([0, 0, 63]), 2],
    ['440 items of which one in ten flips', comparison([22, 22, 396]), 0],
    ['a better candidate', comparison([20, 0, 80]), 0],
    ['5 losses in 40 items', comparison([0, 5, 35]), 2],
    ['6 losses in 40 items', comparison([0, 6, 34]), 1],
    ['no items', comparison([0, 0, 0]), 2],
    ['an item that was not run', comparison([0, 0, 64], { missing: 1 }), 2],
    ['an error', comparison([0, 0, 64], { missing: 1, missing_by_error: 1, errors: 1 }), 2],
    ['losses over half of the items', comparison([0, 20, 0], { missing: 20 }), 2],
  ])('of %s', (_what, compared, expected) => {
    expect(codeOf(compared)).toBe(expected);
  });

  it('allows as many errors as it is told, with the items that they cost', () => {
    const compared = comparison([0, 0, 64], { missing: 2, missing_by_error: 2, errors: 3 });
    expect(codeOf(compared, { ...RULE, maxErrors: 3 })).toBe(0);
    expect(codeOf(compared, { ...RULE, maxErrors: 2 })).toBe(2);
    const unrun = comparison([0, 0, 64], { missing: 3, missing_by_error: 2, errors: 3 });
    expect(codeOf(unrun, { ...RULE, maxErrors: 3 })).toBe(2);
  });

  it.each(['running', 'failed', 'canceled', 'stopped_by_budget'] as const)(
    'cannot tell of an experiment that is %s',
    (status) => {
      expect(decideGate(status, comparison([0, 40, 0]), RULE).exitCode).toBe(2);
    },
  );
});

describe('combineGates', () => {
  it.each([
    [[0, 0], 0],
    [[0, 2], 2],
    [[2, 1], 1],
    [[0, 1], 1],
    [[], 2],
  ])('of %j is %d', (codes, expected) => {
    expect(combineGates(codes.map((exitCode) => ({ exitCode }) as GateDecision))).toBe(expected);
  });
});
