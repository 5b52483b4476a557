import { Bell, type BellHint, type BellState } from './bell.js';

/** A bell whose server behaves as the test says. */
class FakeBell extends Bell {
  readonly kind = 'redis';
  readonly calls: string[] = [];

  constructor(
    readonly lines: string[],
    public serve: (hints: readonly BellHint[]) => Promise<void> = () => Promise.resolve(),
  ) {
    const write = (message: string) => void lines.push(message);
    super({ log: write, warn: write }, 20, 'a fake');
  }

  protected override send(hints: readonly BellHint[]): Promise<void> {
    return this.serve(hints);
  }

  override listen(): Promise<void> {
    return Promise.resolve();
  }

  override check(): Promise<BellState> {
    return Promise.resolve('up');
  }

  override stopListening(): Promise<void> {
    this.calls.push('stopListening');
    return Promise.resolve();
  }

  protected override disconnect(): Promise<void> {
    this.calls.push('disconnect');
    return Promise.resolve();
  }
}

const HINT: BellHint = { executionId: '0190b5a0-0000-7000-8000-000000000001', fence: 1 };

describe('Bell', () => {
  it('says once that rings are lost, and once that they are heard again', async () => {
    const bell = new FakeBell([]);
    bell.serve = () => Promise.reject(new Error('connection refused'));
    await bell.ring([HINT]);
    await bell.ring([HINT, HINT]);
    expect(bell.lines).toEqual(['The bell (a fake) is down: connection refused']);
    bell.serve = () => Promise.resolve();
    await bell.ring([HINT]);
    await bell.ring([HINT]);
    expect(bell.lines.slice(1)).toEqual(['The bell (a fake) is back']);
    expect(bell.counts()).toEqual({ rung: 2, lost: 3 });
  });

  it('gives up a ring that hangs, and does not care how that one ends', async () => {
    let fail: (error: Error) => void = () => undefined;
    const bell = new FakeBell([], () => new Promise((_resolve, reject) => (fail = reject)));
    await bell.ring([HINT]);
    expect(bell.lines).toEqual(['The bell (a fake) is down: Ringing took longer than 20 ms']);
    fail(new Error('too late'));
    await new Promise(setImmediate);
    expect(bell.counts()).toEqual({ rung: 0, lost: 1 });
  });

  it('stops listening before it disconnects, once, and rings no more', async () => {
    const bell = new FakeBell([]);
    await bell.close();
    await bell.close();
    expect(bell.calls).toEqual(['stopListening', 'disconnect']);
    await bell.ring([HINT]);
    expect(bell.counts()).toEqual({ rung: 0, lost: 0 });
  });
});
