import fc from 'fast-check';
import { bucketUnit } from '../../../bucketing/index.js';
import { assignUnit } from './running-rollouts.js';

const rolloutOf = (rolloutId: string, percent: number) => ({
  rolloutId,
  phase: 1,
  percent,
  candidateVersion: 2,
});

describe('assignUnit', () => {
  it('keeps a unit where it is as the share grows, or moves it to the candidate', () => {
    const shares = fc.uniqueArray(fc.integer({ min: 100, max: 5000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }),
        shares,
        (id, key, steps) => {
          const growing = steps.sort((a, b) => a - b);
          const arms = growing.map((share) => assignUnit(rolloutOf(id, share / 100), key));
          expect(new Set(arms.map(({ bucket }) => bucket)).size).toBe(1);
          const isSorted = arms.every(
            ({ arm }, nth) => arm === 'candidate' || arms[nth - 1]?.arm !== 'candidate',
          );
          expect(isSorted).toBe(true);
        },
      ),
    );
  });

  it('puts a key where every process puts it', () => {
    expect(assignUnit(rolloutOf('foo', 20.19), 'def')).toMatchObject({ bucket: 0.2019, arm: 'control' });
    expect(assignUnit(rolloutOf('foo', 20.2), 'def')).toMatchObject({ bucket: 0.2019, arm: 'candidate' });
    expect(assignUnit(rolloutOf('seed', 50), 'a').bucket).toBe(bucketUnit('seed', 'a'));
  });

  it('draws the place of who has no key', () => {
    const buckets = Array.from({ length: 2000 }, () => assignUnit(rolloutOf('seed', 50), null));
    const candidates = buckets.filter(({ arm }) => arm === 'candidate').length;
    // A fair coin falls outside of this range once in ten million runs.
    expect(Math.abs(candidates - 1000)).toBeLessThan(120);
  });
});
