import fc from 'fast-check';
import { assignArm, bucketUnit, fnv1a32 } from './bucket.js';

describe('bucketUnit', () => {
  it.each([
    ['seed', 'a', 0.0505],
    ['seed', 'b', 0.2696],
    ['foo', 'ab', 0.2575],
    ['foo', 'def', 0.2019],
    ['89123klj', '8952klfjas09ujkasdf', 0.124],
    ['90850943850283058242805', '123', 0.7516],
  ])('puts unit %s/%s at %d', (seed, unit, bucket) => {
    expect(bucketUnit(seed, unit)).toBe(bucket);
  });

  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('hashes the UTF-8 bytes of %p', (text, hash) => {
    expect(fnv1a32(text)).toBe(hash);
  });

  it('hashes any text, with or without ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fnv1a32(text)).toBe(plainFnv(text));
      }),
    );
  });

  it('splits 1,000,000 units within 0.1 % of each step, and moves nobody but to the candidate', () => {
    const steps = [1, 5, 10, 25, 50];
    const units = 1_000_000;
    const candidates = steps.map(() => 0);
    let backwards = 0;
    for (let nth = 0; nth < units; nth += 1) {
      const bucket = bucketUnit('0193d2a4-7c1e-7b57-9a0e-2f4a3f8a1c55', `user-${nth}`);
      let was = 'control';
      for (const [step, percent] of steps.entries()) {
        const arm = assignArm(bucket, percent);
        if (was === 'candidate' && arm === 'control') backwards += 1;
        if (arm === 'candidate') candidates[step]! += 1;
        was = arm;
      }
    }
    expect(backwards).toBe(0);
    for (const [step, percent] of steps.entries()) {
      expect(Math.abs(candidates[step]! / units - percent / 100)).toBeLessThan(0.001);
    }
  });

  it('splits the units of two rollouts independently', () => {
    const units = 100_000;
    let both = 0;
    for (let nth = 0; nth < units; nth += 1) {
      const inOne = assignArm(bucketUnit('rollout-1', `user-${nth}`), 50) === 'candidate';
      const inOther = assignArm(bucketUnit('rollout-2', `user-${nth}`), 50) === 'candidate';
      if (inOne && inOther) both += 1;
    }
    expect(Math.abs(both / units - 0.25)).toBeLessThan(0.01);
  });

  it('gives every bucket to one arm, whatever the percentage', () => {
    for (let percent = 0; percent <= 100; percent += 1) {
      let candidates = 0;
      for (let nth = 0; nth < 10_000; nth += 1) {
        if (assignArm(nth / 10_000, percent) === 'candidate') candidates += 1;
      }
      expect(candidates).toBe(percent * 100);
    }
  });
});

function plainFnv(text: string): number {
  let hash = 2166136261n;
  for (const byte of Buffer.from(text, 'utf8')) hash = ((hash ^ BigInt(byte)) * 16777619n) % 4294967296n;
  return Number(hash);
}
