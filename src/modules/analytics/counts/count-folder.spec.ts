import { CountFolder } from './count-folder.js';
import type { ExecutionCountsRepository } from './execution-counts.repository.js';

/** Folds the test's deltas, and records when it was called. */
class FakeCounts {
  readonly askedAtMs: number[] = [];
  waiting = 0;
  isDown = false;
  gate: Promise<void> = Promise.resolve();

  async fold(most: number): Promise<number> {
    this.askedAtMs.push(Date.now());
    await this.gate;
    if (this.isDown) throw new Error('no database');
    const folded = Math.min(most, this.waiting);
    this.waiting -= folded;
    return folded;
  }
}

const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('the folding of counts', () => {
  let counts: FakeCounts;
  let folder: CountFolder;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    counts = new FakeCounts();
    folder = new CountFolder(counts as unknown as ExecutionCountsRepository);
    folder.onApplicationBootstrap();
  });

  afterEach(async () => {
    await folder.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  it('happens every two seconds while there is something, until nothing is left', async () => {
    counts.waiting = 25_000;
    await after(2_000);
    expect(counts.askedAtMs).toEqual([2_000, 2_000, 2_000]);
    expect(counts.waiting).toBe(0);
    counts.waiting = 1;
    await after(2_000);
    expect(counts.askedAtMs.at(-1)).toBe(4_000);
    expect(counts.waiting).toBe(0);
  });

  it('is tried less and less often where nothing happens, and often again when something does', async () => {
    await after(90_000);
    expect(counts.askedAtMs).toEqual([2_000, 6_000, 14_000, 30_000, 60_000, 90_000]);
    counts.waiting = 1;
    await after(32_000);
    expect(counts.askedAtMs.slice(-2)).toEqual([120_000, 122_000]);
  });

  it('goes on after the database was away', async () => {
    counts.isDown = true;
    counts.waiting = 1;
    await after(6_000);
    counts.isDown = false;
    await after(8_000);
    expect(counts.waiting).toBe(0);
  });

  it('ends when the process leaves, and lets what is under way come to its end', async () => {
    let open: () => void = () => undefined;
    counts.gate = new Promise((resolve) => (open = resolve));
    counts.waiting = 25_000;
    await after(2_000);
    let hasLeft = false;
    const leaving = folder.beforeApplicationShutdown().then(() => (hasLeft = true));
    await after(0);
    expect(hasLeft).toBe(false);
    open();
    await leaving;
    await after(60_000);
    expect(counts.askedAtMs).toEqual([2_000]);
  });
});
