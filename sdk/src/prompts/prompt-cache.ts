import { ApiError, ConnectionError, TimeoutError } from '../core/index.js';
import type { LedgerPrompt } from './prompt.js';

export interface PromptKey {
  readonly name: string;
  /** Null for the environment's version. */
  readonly version: number | null;
  /** Null for the active version. */
  readonly environment: string | null;
}

export interface PromptCacheOptions {
  readonly fetch: (key: PromptKey) => Promise<LedgerPrompt>;
  /** Default 1,000. */
  readonly maxEntries?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** Milliseconds of the wall clock, which advances while a process is frozen. */
  readonly wallNow?: () => number;
}

/** The accepted age of a cached entry, in milliseconds. */
export interface AcceptedAge {
  /** Younger entries are served without asking the ledger; 0 for none. */
  readonly ttlMs: number;
  /** Older entries are served only after asking the ledger, or when it is unreachable. */
  readonly maxAgeMs: number;
}

interface Entry {
  /** Always the same promise, so that a warm read creates none. */
  readonly prompt: Promise<LedgerPrompt>;
  readonly fetchedAtMs: number;
  readonly fetchedAtWallMs: number;
}

/** How long after a failure callers with a cached copy do not ask the ledger. */
const AWAY_MS = 5_000;
/** The longest that a reader with a stale entry waits for a fresh one. */
const MAX_WAIT_MS = 3_000;

/**
 * Caches the ledger's prompts. A stale entry is still served and refreshed in the background, by one request for all its readers; readers
 * wait only for an entry that is far too old. That happens in processes that were frozen, as cloud functions are between requests: the
 * first request afterwards must not run yesterday's prompt. A version with a number never changes, so it is fetched once.
 */
export class PromptCache {
  /** A Map keeps insertion order, so the first entry is the least recently used. */
  private readonly entries = new Map<string, Entry>();
  private readonly loads = new Map<string, Promise<LedgerPrompt>>();
  private readonly fetch: PromptCacheOptions['fetch'];
  private readonly maxEntries: number;
  private readonly now: () => number;
  private readonly wallNow: () => number;
  /** When a request last failed because the ledger was unreachable. */
  private awayAtMs = -Infinity;

  constructor(options: PromptCacheOptions) {
    this.fetch = options.fetch;
    this.maxEntries = options.maxEntries ?? 1_000;
    this.now = options.now ?? (() => performance.now());
    this.wallNow = options.wallNow ?? (() => Date.now());
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: PromptKey, { ttlMs, maxAgeMs }: AcceptedAge): Promise<LedgerPrompt> {
    const id = toId(key);
    const entry = this.entries.get(id);
    if (entry === undefined || ttlMs <= 0) return this.load(key, id);
    this.entries.delete(id);
    this.entries.set(id, entry);
    const ageMs = key.version === null ? this.computeAge(entry) : -Infinity;
    if (ageMs < ttlMs || this.isAway) return entry.prompt;
    if (ageMs >= maxAgeMs) return this.loadOr(entry.prompt, key, id);
    // This reader has its prompt, so it does not need to see the failure. The next one tries again.
    this.load(key, id).catch(() => {});
    return entry.prompt;
  }

  /** Uses the clock that advanced further: one stands still while the process is frozen, the other may be set back. */
  private computeAge({ fetchedAtMs, fetchedAtWallMs }: Entry): number {
    return Math.max(this.now() - fetchedAtMs, this.wallNow() - fetchedAtWallMs);
  }

  /** Returns the ledger's answer, or the old entry if the answer fails or is late. */
  private async loadOr(old: Promise<LedgerPrompt>, key: PromptKey, id: string): Promise<LedgerPrompt> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waited = new Promise<LedgerPrompt>((resolve) => {
      timer = setTimeout(() => resolve(old), MAX_WAIT_MS);
    });
    try {
      return await Promise.race([this.load(key, id), waited]);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      return await old;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether the ledger was unreachable a moment ago. */
  get isAway(): boolean {
    return this.now() - this.awayAtMs < AWAY_MS;
  }

  has(key: PromptKey): boolean {
    return this.entries.has(toId(key));
  }

  /** Forgets one prompt or all of them. Fetches under way will not be cached. */
  evict(name: string | null): void {
    const prefix = name === null ? '' : idPrefix(name);
    for (const map of [this.entries, this.loads]) {
      for (const id of map.keys()) if (id.startsWith(prefix)) map.delete(id);
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
          // The ledger says that the prompt does not exist or may not be read, so the cached copy is no longer valid.
          else this.entries.delete(id);
        });
        throw error;
      },
    );
    this.loads.set(id, load);
    return load;
  }

  /** Settles a load unless it was evicted in the meantime. */
  private settle(id: string, load: Promise<LedgerPrompt>, work: () => void): void {
    if (this.loads.get(id) !== load) return;
    this.loads.delete(id);
    work();
  }

  private keep(id: string, prompt: LedgerPrompt): void {
    this.entries.delete(id);
    const times = { fetchedAtMs: this.now(), fetchedAtWallMs: this.wallNow() };
    this.entries.set(id, { prompt: Promise.resolve(prompt), ...times });
    this.awayAtMs = -Infinity;
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.maxEntries) return;
      this.entries.delete(oldest);
    }
  }
}

/** True without an answer, or with one that says nothing about the prompt. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  return error instanceof ApiError && (error.status >= 500 || error.status === 408 || error.status === 429);
}

function idPrefix(name: string): string {
  // Prompt names contain no blanks.
  return `${name} `;
}

/** A numbered version is the same in every environment. The environment comes last because it may contain blanks. */
function toId({ name, version, environment }: PromptKey): string {
  if (version !== null) return `${name} ${version}`;
  return environment === null ? `${name} active` : `${name} in ${environment}`;
}
