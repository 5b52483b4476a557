import type { ComparisonDto, ExperimentRecord } from '../../experiments/index.js';
import { findObjection, meetsDemand, pairsToCompare } from './judge-experiment.js';

const candidate = (label: string, version: string, model = 'm') => ({
  label,
  version_id: version,
  model,
  params: {},
});
const experiment = (candidates: readonly object[], more: Partial<ExperimentRecord> = {}) =>
  ({
    plan: { candidates },
    status: 'completed',
    completedAt: new Date('2026-11-20T00:00:00Z'),
    datasetName: 'd',
    itemCount: 5,
    ...more,
  }) as unknown as ExperimentRecord;
const VERSIONS = { fromVersionId: 'v1', toVersionId: 'v2' };
const DEMAND = { dataset: 'd', scorers: ['s'], max_age_days: 10, verdict: 'no_difference' } as const;
const NOW = new Date('2026-11-28T00:00:00Z');

describe('pairsToCompare', () => {
  it('has both versions on the same model, where there are such', () => {
    const both = [
      candidate('a', 'v1'),
      candidate('b', 'v2'),
      candidate('c', 'v2', 'other'),
      candidate('d', 'v3'),
    ];
    expect(pairsToCompare(experiment(both), VERSIONS)).toEqual([{ baseline: 'a', candidate: 'b' }]);
  });

  it('has every pair of the two versions where models differ', () => {
    const both = [candidate('a', 'v1', 'x'), candidate('b', 'v2', 'y'), candidate('c', 'v2', 'z')];
    expect(pairsToCompare(experiment(both), VERSIONS)).toEqual([
      { baseline: 'a', candidate: 'b' },
      { baseline: 'a', candidate: 'c' },
    ]);
  });

  it('takes any other version where nothing runs yet', () => {
    const both = [candidate('a', 'v3'), candidate('b', 'v2')];
    const first = { fromVersionId: null, toVersionId: 'v2' };
    expect(pairsToCompare(experiment(both), first)).toEqual([{ baseline: 'a', candidate: 'b' }]);
    expect(pairsToCompare(experiment([candidate('b', 'v2')]), first)).toEqual([]);
  });
});

describe('findObjection', () => {
  const fine = [candidate('a', 'v1'), candidate('b', 'v2')];

  it('has none against what was asked for', () => {
    expect(findObjection(experiment(fine), DEMAND, VERSIONS, NOW)).toBeNull();
  });

  it.each([
    ['one that runs', { status: 'running', completedAt: null } as const, /running/],
    ['another dataset', { datasetName: 'e' }, /dataset "e"/],
    ['an old one', { completedAt: new Date('2026-11-17T00:00:00Z') }, /older than 10 days/],
    ['an empty one', { itemCount: 0 }, /no items/],
  ])('has one against %s', (_what, more, words) => {
    expect(findObjection(experiment(fine, more), DEMAND, VERSIONS, NOW)).toMatch(words);
  });

  it('has one against other versions', () => {
    expect(findObjection(experiment([candidate('b', 'v2')]), DEMAND, VERSIONS, NOW)).toMatch(
      /does not compare/,
    );
  });
});

describe('meetsDemand', () => {
  it.each([
    ['better', 'better', true],
    ['better', 'no_difference', true],
    ['no_difference', 'no_difference', true],
    ['no_difference', 'better', false],
    ['cannot_tell', 'no_difference', false],
    ['worse', 'no_difference', false],
  ] as const)('%s for %s: %s', (verdict, demanded, expected) => {
    const compared = { verdict, missing: 0, errors: 0 } as ComparisonDto;
    expect(meetsDemand(compared, { ...DEMAND, verdict: demanded })).toBe(expected);
    expect(meetsDemand({ ...compared, missing: 1 }, { ...DEMAND, verdict: demanded })).toBe(false);
    expect(meetsDemand({ ...compared, errors: 1 }, { ...DEMAND, verdict: demanded })).toBe(false);
  });
});
