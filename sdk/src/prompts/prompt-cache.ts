import { ApiError, ConnectionError, TimeoutError } from '../core/index.js';
import type { LedgerPrompt } from './prompt.js';

export interface PromptKey {
  readonly name: string;
  /** Null: the one of the environment. */
  readonly version: number | null;
  /** Null: the one whose version is the active one. */
  readonly environment: string | null;
}

export interface PromptCacheOptions {
  readonly fetch: (key: PromptKey) => Promise<LedgerPrompt>;
  /** Default 1,000. */
  readonly maxEntries?: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
  /** Milliseconds of the clock on the wall, which goes on while a process is frozen. */
  readonly wallNow?: () => number;
}

/** The age that an answer may have, in milliseconds. */
export interface AcceptedAge {
  /** Accepted without asking the ledger; 0: never. */
  readonly ttlMs: number;
  /** Older entries are served only after the ledger was asked, or when it cannot be reached. */
  readonly maxAgeMs: number;
}

interface Entry {
  /** Always the same promise, so that a warm read makes none. */
  readonly prompt: Promise<LedgerPrompt>;
  readonly fetchedAtMs: number;
  readonly fetchedAtWallMs: number;
}

/** How long callers with a cached copy leave the ledger alone after a failure. */
const AWAY_MS = 5_000;
/** A reader with a stale entry waits no longer than this for a fresh one. */
const MAX_WAIT_MS = 3_000;

/**
 * Prompts of the ledger. What is older than a reader accepts is still given, and fetched again behind its back, by one
 * request however many read it; only what is far too old is waited for. That happens to processes that were frozen, as
 * functions in the cloud are between two requests: the first one afterwards must not run yesterday's prompt. A version
 * with a number never changes, so it is fetched once.
 */
export class PromptCache {
  /** A Map keeps the order of insertion: the first was not used for the longest time. */
  private readonly entries = new Map<string, Entry>();
  private readonly loads = new Map<string, Promise<LedgerPrompt>>();
  private readonly fetch: PromptCacheOptions['fetch'];
  private readonly maxEntries: number;
  private readonly now: () => number;
  private readonly wallNow: () => number;
  /** When a request last failed because the ledger was not there. */
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
    // A failure is no news to this reader: it has what it came for. The next one tries again.
    this.load(key, id).catch(() => {});
    return entry.prompt;
  }

  /** Takes the clock that went further: one stands still while the process is frozen, the other may be set back. */
  private computeAge({ fetchedAtMs, fetchedAtWallMs }: Entry): number {
    return Math.max(this.now() - fetchedAtMs, this.wallNow() - fetchedAtWallMs);
  }

  /** The ledger's answer, or the old one where that does not come, or not in time. */
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

  /** Whether the ledger could not be reached a moment ago. */
  get isAway(): boolean {
    return this.now() - this.awayAtMs < AWAY_MS;
  }

  has(key: PromptKey): boolean {
    return this.entries.has(toId(key));
  }

  /** Forgets a prompt, or all of them; what is being fetched of it will not be kept. */
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
    const times = { fetchedAtMs: this.now(), fetchedAtWallMs: this.wallNow() };
    this.entries.set(id, { prompt: Promise.resolve(prompt), ...times });
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

/** A version with a number is the same everywhere. The environment comes last: it may have blanks. */
function toId({ name, version, environment }: PromptKey): string {
  if (version !== null) return `${name} ${version}`;
  return environment === null ? `${name} active` : `${name} in ${environment}`;
}
