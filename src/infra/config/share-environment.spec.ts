import { parseEnvironment } from './environment.js';
import { shareEnvironment } from './share-environment.js';

function sharesOf(variables: Readonly<Record<string, string>>, count: number) {
  const env = parseEnvironment(variables);
  return Array.from({ length: count }, (_, at) => shareEnvironment(env, { index: at + 1, count }));
}

describe('shareEnvironment', () => {
  it('shares out what is done at once, so that all processes together do as much as was asked for', () => {
    const shares = sharesOf({ CONCURRENCY: '16', WEBHOOK_CONCURRENCY: '5' }, 3);
    expect(shares.map(({ CONCURRENCY }) => CONCURRENCY)).toEqual([6, 5, 5]);
    expect(shares.map(({ WEBHOOK_CONCURRENCY }) => WEBHOOK_CONCURRENCY)).toEqual([2, 2, 1]);
    expect(shares.map(({ WORKER }) => WORKER)).toEqual([true, true, true]);
  });

  it('lets some processes work on no executions when there are more of them than executions at once', () => {
    const shares = sharesOf({ CONCURRENCY: '2' }, 3);
    expect(shares.map(({ WORKER, CONCURRENCY }) => [WORKER, CONCURRENCY])).toEqual([
      [true, 1],
      [true, 1],
      [false, 1],
    ]);
  });

  it('leaves alone what is of each process, and WORKER=off', () => {
    const [first] = sharesOf({ WORKER: 'off', DATABASE_POOL_SIZE: '4', MAX_CONCURRENT_REQUESTS: '100' }, 2);
    expect(first).toMatchObject({ WORKER: false, DATABASE_POOL_SIZE: 4, MAX_CONCURRENT_REQUESTS: 100 });
  });
});
