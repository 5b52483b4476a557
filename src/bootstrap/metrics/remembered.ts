/** The share of time that reading may take; a slower value is read less often. */
const SHARE = 0.05;

/** Caches a value that is expensive to read, however many callers ask for it. */
export class Remembered<Value> {
  private value: Value | undefined;
  private freshUntilMs = Number.NEGATIVE_INFINITY;
  private reading: Promise<Value> | null = null;

  /** @param freshMs how long a value stays fresh, at least. */
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
