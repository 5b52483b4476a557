/** How many executions one process works on at once. */
export class Slots {
  private taken = 0;
  private waiting: (() => void)[] = [];

  constructor(private readonly total: number) {}

  get free(): number {
    return this.total - this.taken;
  }

  take(): void {
    this.taken += 1;
  }

  release(): void {
    this.taken -= 1;
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  /** Resolves when there is a free slot, which may be at once. It is not reserved. */
  async whenFree(): Promise<void> {
    while (this.free <= 0) await this.nextRelease();
  }

  /** Resolves when nothing is worked on any more. */
  async whenIdle(): Promise<void> {
    while (this.taken > 0) await this.nextRelease();
  }

  private nextRelease(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
