/**
 * Bounds the executions that one process works on at once. Beside the slots for all there is a reserve for projects that none
 * is worked on for: so a project that has filled all slots with slow calls does not hold up another's single request.
 */
export class Slots {
  private readonly busy = new Map<string, number>();
  private taken = 0;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly total: number,
    private readonly reserve: number,
  ) {}

  /** For any project. */
  get free(): number {
    return Math.max(0, this.total - this.taken);
  }

  /** For projects that are not {@link busyProjects}, when there is none {@link free}. */
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
