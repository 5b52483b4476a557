/**
 * Bounds the executions that one process works on at once. Besides the common slots there is a reserve for projects without work in flight,
 * so that a project that has filled all slots with slow calls does not block another's single request.
 */
export class Slots {
  private readonly busy = new Map<string, number>();
  private taken = 0;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly total: number,
    private readonly reserve: number,
  ) {}

  /** Free slots for any project. */
  get free(): number {
    return Math.max(0, this.total - this.taken);
  }

  /** Free slots for projects that are not {@link busyProjects}, once none is {@link free}. */
  get freeInReserve(): number {
    return Math.max(0, this.total + this.reserve - this.taken);
  }

  get busyProjects(): string[] {
    return [...this.busy.keys()];
  }

  take(projectId: string): void {
    this.taken += 1;
    this.busy.set(projectId, (this.busy.get(projectId) ?? 0) + 1);
  }

  release(projectId: string): void {
    this.taken -= 1;
    const rest = (this.busy.get(projectId) ?? 1) - 1;
    if (rest > 0) this.busy.set(projectId, rest);
    else this.busy.delete(projectId);
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  /** Resolves when there is a free slot, maybe at once. It does not reserve the slot. */
  async whenFree(): Promise<void> {
    while (this.free <= 0) await this.nextRelease();
  }

  /** Resolves when no work is in flight. */
  async whenIdle(): Promise<void> {
    while (this.taken > 0) await this.nextRelease();
  }

  private nextRelease(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
