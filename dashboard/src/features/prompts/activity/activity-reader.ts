import type { Activity, PromptActivity } from '@prompt-ledger/client';

/** The time that rows rest before their activity is requested, so that scrolling past rows requests nothing. */
const REST_MS = 120;
/** The most ids in one request. Their URL stays well below the limits of servers. */
const MOST = 50;
const FRESH_MS = 60_000;

interface Known {
  readonly activity: PromptActivity;
  readonly atMs: number;
}

/**
 * Reads the activity of the prompts in sight, many in one request. A row subscribes to its prompt while it is mounted, and its listener
 * is called when the activity is known.
 */
export class ActivityReader {
  private readonly known = new Map<string, Known>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly wanted = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** @param read rejects when the request fails, which leaves the rows unchanged. */
  constructor(
    private readonly read: (promptIds: readonly string[]) => Promise<Activity>,
    private readonly now: () => number = Date.now,
  ) {}

  /** Returns null until the activity is known. */
  get(promptId: string): PromptActivity | null {
    return this.known.get(promptId)?.activity ?? null;
  }

  subscribe(promptId: string, listener: () => void): () => void {
    const listeners = this.listeners.get(promptId) ?? new Set();
    this.listeners.set(promptId, listeners.add(listener));
    const known = this.known.get(promptId);
    if (known === undefined || this.now() - known.atMs > FRESH_MS) this.want(promptId);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      this.listeners.delete(promptId);
      this.wanted.delete(promptId);
    };
  }

  private want(promptId: string): void {
    this.wanted.add(promptId);
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.readWanted(), REST_MS);
  }

  private async readWanted(): Promise<void> {
    this.timer = null;
    const ids = [...this.wanted];
    this.wanted.clear();
    for (let at = 0; at < ids.length; at += MOST) await this.readSome(ids.slice(at, at + MOST));
  }

  private async readSome(ids: readonly string[]): Promise<void> {
    let answer: Activity;
    try {
      answer = await this.read(ids);
    } catch {
      return;
    }
    const atMs = this.now();
    for (const activity of answer.prompts) {
      this.known.set(activity.prompt_id, { activity, atMs });
      for (const listener of this.listeners.get(activity.prompt_id) ?? []) listener();
    }
  }
}
