import { setImmediate as nextTurn } from 'node:timers/promises';
import { Places } from './places.js';

describe('Places', () => {
  it('lets so many in at once, the others in their order, and whoever fails leaves too', async () => {
    const places = new Places(2);
    const began: number[] = [];
    const ends: (() => void)[] = [];
    const results = [0, 1, 2, 3].map((nth) =>
      places.run(async () => {
        began.push(nth);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (nth === 0) throw new Error('no');
        return nth;
      }),
    );
    const outcomes = Promise.allSettled(results);
    await nextTurn();
    expect(began).toEqual([0, 1]);
    ends[0]?.();
    await nextTurn();
    expect(began).toEqual([0, 1, 2]);
    ends[2]?.();
    ends[1]?.();
    await nextTurn();
    ends[3]?.();
    expect((await outcomes).map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(await places.run(() => Promise.resolve('free'))).toBe('free');
  });
});
