/** So much of the time may go into reading; what takes longer is read more rarely. */
const SHARE = 0.05;

/** Something that is dear to read, read at most every so often however many ask. */
export class Remembered<Value> {
  private value: Value | undefined;
  private freshUntilMs = Number.NEGATIVE_INFINITY;
  private reading: Promise<Value> | null = null;

  /** @param freshMs how long it is taken for true, at least. */
  constructor(
    private readonly read: () => Promise<Value>,
    private readonly freshMs: number,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  async get(): Promise<Value> {
    if (this.value !== undefined && this.monotonicMs() < this.freshUntilMs) return this.value;
    this.reading ??= this.readAgain();
    return this.reading;
  }

  private async readAgain(): Promise<Value> {
    const sinceMs = this.monotonicMs();
    try {
      const value = await this.read();
      const nowMs = this.monotonicMs();
      this.value = value;
      this.freshUntilMs = nowMs + Math.max(this.freshMs, (nowMs - sinceMs) / SHARE);
      return value;
    } finally {
      this.reading = null;
    }
  }
}
