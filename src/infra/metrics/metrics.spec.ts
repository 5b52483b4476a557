import { Metrics, SOURCE_TIMEOUT_MS } from './metrics.js';
import { readFamily } from './read-family.js';

const gauge = (name: string) => readFamily({ name, help: '', type: 'gauge', merge: 'max' }, [[[], 1]]);

describe('what all processes share', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is told without what fails, and without what does not answer in time', async () => {
    const metrics = new Metrics();
    metrics.addShared(() => [gauge('there')]);
    metrics.addShared(() => {
      throw new Error('broken');
    });
    metrics.addShared(() => Promise.reject(new Error('away')));
    metrics.addShared(() => new Promise(() => undefined));
    const report = metrics.reportShared();
    await jest.advanceTimersByTimeAsync(SOURCE_TIMEOUT_MS);
    expect((await report).map(({ name }) => name)).toEqual(['there']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
