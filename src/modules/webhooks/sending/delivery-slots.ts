/** Counts the deliveries in flight, by project. */
export class DeliverySlots {
  /** The maximum for one project, so that its hanging receivers leave half of the slots to other projects. */
  readonly share: number;
  private readonly taken = new Map<string, number>();
  private count = 0;
  private waiting: (() => void)[] = [];

  constructor(private readonly size: number) {
    this.share = Math.ceil(size / 2);
  }

  get free(): number {
    return this.size - this.count;
  }

  /** Deliveries in flight by project. A project without any is absent. */
  get busy(): ReadonlyMap<string, number> {
    return this.taken;
  }

  take(projectId: string): void {
    this.count += 1;
    this.taken.set(projectId, (this.taken.get(projectId) ?? 0) + 1);
  }

  release(projectId: string): void {
    this.count -= 1;
    const left = (this.taken.get(projectId) ?? 0) - 1;
    if (left > 0) this.taken.set(projectId, left);
    else this.taken.delete(projectId);
    if (this.count > 0) return;
    for (const resolve of this.waiting) resolve();
    this.waiting = [];
  }

  async whenIdle(): Promise<void> {
    if (this.count === 0) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
