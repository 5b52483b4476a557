import { ApiError, ConnectionError, TimeoutError } from './core/index.js';
import type { LedgerPrompt } from './prompt.js';

export interface PromptKey {
  readonly name: string;
  /** Null: the active one. */
  readonly version: number | null;
}

export interface PromptCacheOptions {
  readonly fetch: (key: PromptKey) => Promise<LedgerPrompt>;
  /** Default 1,000. */
  readonly maxEntries?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

interface Entry {
  /** Always the same promise, so that a warm read makes none. */
  readonly prompt: Promise<LedgerPrompt>;
  fetchedAtMs: number;
}

/** After a failure the ledger is left alone for so long: by those who can do without. */
const AWAY_MS = 5_000;

/**
 * Prompts of the ledger. What is older than a reader accepts is still given, and fetched again behind its back, by one
 * request however many read it. A version with a number never changes, so it is fetched once.
 */
export class PromptCache {
  /** A Map keeps the order of insertion: the first was not used for the longest time. */
  private readonly entries = new Map<string, Entry>();
  private readonly loads = new Map<string, Promise<LedgerPrompt>>();
  private readonly fetch: PromptCacheOptions['fetch'];
  private readonly maxEntries: number;
  private readonly now: () => number;
  /** When a request last failed because the ledger was not there. */
  private awayAtMs = -Infinity;

  constructor({ fetch, maxEntries = 1_000, now = () => performance.now() }: PromptCacheOptions) {
    this.fetch = fetch;
    this.maxEntries = maxEntries;
    this.now = now;
  }

  get size(): number {
    return this.entries.size;
  }

  /** @param ttlMs accepted without asking the ledger; 0: never. */
  get(key: PromptKey, ttlMs: number): Promise<LedgerPrompt> {
    const id = idOf(key);
    const entry = this.entries.get(id);
    if (entry === undefined || ttlMs <= 0) return this.load(key, id);
    this.entries.delete(id);
    this.entries.set(id, entry);
    const isOld = key.version === null && this.now() - entry.fetchedAtMs >= ttlMs;
    // A failure is no news to this reader: it has what it came for. The next one tries again.
    if (isOld && !this.isAway) this.load(key, id).catch(() => {});
    return entry.prompt;
  }

  /** Whether the ledger could not be reached a moment ago. */
  get isAway(): boolean {
    return this.now() - this.awayAtMs < AWAY_MS;
  }

  has(key: PromptKey): boolean {
    return this.entries.has(idOf(key));
  }

  /** Forgets a prompt; what is being fetched of it will not be kept. */
  evict(name: string): void {
    for (const map of [this.entries, this.loads]) {
      for (const id of map.keys()) if (id.startsWith(idPrefix(name))) map.delete(id);
    }
  }

  private load(key: PromptKey, id: string): Promise<LedgerPrompt> {
    const current = this.loads.get(id);
    if (current !== undefined) return current;
    const load = this.fetch(key).then(
      (prompt) => {
        this.settle(id, load, () => this.keep(id, prompt));
        return prompt;
      },
      (error: unknown) => {
        this.settle(id, load, () => {
          if (isUnreachable(error)) this.awayAtMs = this.now();
          // The ledger says it is not there, or may not be read: what was kept is no longer true.
          else this.entries.delete(id);
        });
        throw error;
      },
    );
    this.loads.set(id, load);
    return load;
  }

  /** Only for what was not evicted in the meantime. */
  private settle(id: string, load: Promise<LedgerPrompt>, work: () => void): void {
    if (this.loads.get(id) !== load) return;
    this.loads.delete(id);
    work();
  }

  private keep(id: string, prompt: LedgerPrompt): void {
    this.entries.delete(id);
    this.entries.set(id, { prompt: Promise.resolve(prompt), fetchedAtMs: this.now() });
    this.awayAtMs = -Infinity;
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.maxEntries) return;
      this.entries.delete(oldest);
    }
  }
}

/** No answer, or none that says anything about the prompt. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  return error instanceof ApiError && (error.status >= 500 || error.status === 408 || error.status === 429);
}

function idPrefix(name: string): string {
  // No name of a prompt has a blank.
  return `${name} `;
}

function idOf({ name, version }: PromptKey): string {
  return `${name} ${version ?? 'active'}`;
}
