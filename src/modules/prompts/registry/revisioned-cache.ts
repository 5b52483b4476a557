import { LRUCache } from 'lru-cache';
import { CacheCounts } from '../../../kernel/index.js';

/** A value read of a prompt, and the `registry_revision` that the prompt had in the same snapshot. */
export interface Revisioned<Value> {
  readonly value: Value;
  readonly promptRevision: number;
}

/** Null: there is no such prompt. `value: null`: the prompt exists but the value does not. Neither is cached. */
export type Found<Value> = Revisioned<Value | null> | null;

export interface RevisionedCacheOptions<Value> {
  /** Called on each read. While it returns false, nothing is served from the cache or stored in it. */
  readonly isFollowed: () => boolean;
  readonly sizeBytesOf: (value: Value) => number;
  /** Left out to count nothing. */
  readonly counts?: CacheCounts;
  /** Default 10,000. */
  readonly maxPrompts?: number;
  /** The limit for all values together. Default 32 MiB. */
  readonly maxBytes?: number;
  /** Default 30,000. */
  readonly maxAgeMs?: number;
}

interface Entry<Value> {
  readonly promptRevision: number;
  readonly facets: ReadonlyMap<string, Revisioned<Value>>;
}

interface Load<Value> {
  readonly key: string;
  readonly facet: string;
  /** Whether the prompt changed, or may have, after this load began. If so, its result may be stale and is not cached. */
  isOvertaken: boolean;
  readonly result: Promise<Found<Value>>;
}

const DEFAULT_MAX_PROMPTS = 10_000;
const DEFAULT_MAX_BYTES = 33_554_432;
/** Bounds an entry, so that many versions of one prompt requested by number cannot fill the cache. */
const MAX_FACETS = 100;
/** Approximate overhead of keys, maps and revisions. */
const FACET_OVERHEAD_BYTES = 256;
/** Bounds the age of what is served if notifications get lost (such as in a pooler that swallows LISTEN). */
const DEFAULT_MAX_AGE_MS = 30_000;

/**
 * Caches values read of prompts, by project, name and facet (such as a version's number). All facets of an entry were read at one revision
 * of their prompt, and an entry's revision only grows.
 */
export class RevisionedCache<Value> {
  private readonly entries: LRUCache<string, Entry<Value>>;
  private readonly counts: CacheCounts;
  private readonly loads = new Set<Load<Value>>();
  private readonly joinable = new Map<string, Load<Value>>();

  constructor(private readonly options: RevisionedCacheOptions<Value>) {
    this.counts = options.counts ?? new CacheCounts();
    this.entries = new LRUCache({
      max: options.maxPrompts ?? DEFAULT_MAX_PROMPTS,
      maxSize: options.maxBytes ?? DEFAULT_MAX_BYTES,
      sizeCalculation: (entry) => this.countSizeBytes(entry),
      ttl: options.maxAgeMs ?? DEFAULT_MAX_AGE_MS,
      // The age counts from the first facet, so that loading further ones does not keep an entry young.
      noUpdateTTL: true,
    });
  }

  /** Returns the cached value if it may be served, otherwise undefined. */
  peek(projectId: string, name: string, facet: string): Revisioned<Value> | undefined {
    if (!this.options.isFollowed()) return undefined;
    const found = this.entries.get(toKey(projectId, name))?.facets.get(facet);
    if (found !== undefined) this.counts.hits += 1;
    return found;
  }

  /**
   * Returns a value from the cache or from `load`. Concurrent misses of the same value share one load.
   * @param fresh always calls `load`, and joins no earlier load.
   */
  find(
    projectId: string,
    name: string,
    facet: string,
    load: () => Promise<Found<Value>>,
    { fresh = false }: { readonly fresh?: boolean | undefined } = {},
  ): Revisioned<Value> | Promise<Found<Value>> {
    const key = toKey(projectId, name);
    if (fresh) return this.load(key, facet, load);
    const known = this.peek(projectId, name, facet);
    if (known !== undefined) return known;
    this.counts.misses += 1;
    return this.joinOrLoad(key, facet, load);
  }

  /** Drops what was read before the prompt's current revision, and keeps what was read at it. */
  dropPrompt(projectId: string, name: string, revision: number): void {
    const key = toKey(projectId, name);
    const entry = this.entries.peek(key);
    if (entry !== undefined && entry.promptRevision < revision) this.entries.delete(key);
    this.overtake((load) => load.key === key);
  }

  dropProject(projectId: string): void {
    for (const key of [...this.entries.keys()]) if (belongsTo(projectId, key)) this.entries.delete(key);
    this.overtake(({ key }) => belongsTo(projectId, key));
  }

  dropAll(): void {
    this.entries.clear();
    this.overtake(() => true);
  }

  private async joinOrLoad(
    key: string,
    facet: string,
    load: () => Promise<Found<Value>>,
  ): Promise<Found<Value>> {
    const joined = this.joinable.get(loadKey(key, facet));
    if (joined === undefined) return this.load(key, facet, load);
    const found = await joined.result;
    if (found !== null && found.value !== null) return found;
    // Do not join a load that found nothing: the value may have been created after it began.
    return this.joinable.get(loadKey(key, facet))?.result ?? this.load(key, facet, load);
  }

  private load(key: string, facet: string, load: () => Promise<Found<Value>>): Promise<Found<Value>> {
    const begun: Load<Value> = { key, facet, isOvertaken: false, result: load() };
    this.loads.add(begun);
    // Replaces an earlier load, so that callers join the most recent one.
    this.joinable.set(loadKey(key, facet), begun);
    return this.finish(begun);
  }

  private async finish(load: Load<Value>): Promise<Found<Value>> {
    try {
      const found = await load.result;
      this.keep(load, found);
      return found;
    } finally {
      this.loads.delete(load);
      this.unjoin(load);
    }
  }

  private keep(load: Load<Value>, found: Found<Value>): void {
    if (load.isOvertaken || !this.options.isFollowed()) return;
    const { key, facet } = load;
    const entry = this.entries.peek(key);
    if (found === null) {
      this.entries.delete(key);
      return;
    }
    const { promptRevision, value } = found;
    if (entry !== undefined && entry.promptRevision > promptRevision) return;
    const isSame = entry?.promptRevision === promptRevision;
    if (!isSame) this.entries.delete(key);
    if (value === null) return;
    const facets = new Map(isSame ? entry.facets : []);
    facets.delete(facet);
    const oldest = facets.keys().next();
    if (facets.size >= MAX_FACETS && oldest.done !== true) facets.delete(oldest.value);
    this.entries.set(key, { promptRevision, facets: facets.set(facet, { value, promptRevision }) });
  }

  private overtake(concerns: (load: Load<Value>) => boolean): void {
    for (const load of this.loads) {
      if (!concerns(load)) continue;
      load.isOvertaken = true;
      this.unjoin(load);
    }
  }

  private unjoin(load: Load<Value>): void {
    const key = loadKey(load.key, load.facet);
    if (this.joinable.get(key) === load) this.joinable.delete(key);
  }

  private countSizeBytes({ facets }: Entry<Value>): number {
    let sizeBytes = 0;
    for (const { value } of facets.values()) {
      sizeBytes += this.options.sizeBytesOf(value) + FACET_OVERHEAD_BYTES;
    }
    return sizeBytes;
  }
}

/** Project ids all have the same length, so no two prompts share a key. */
function toKey(projectId: string, name: string): string {
  return `${projectId} ${name}`;
}

function belongsTo(projectId: string, key: string): boolean {
  return key.startsWith(`${projectId} `);
}

/** Unambiguous even if the facet contains spaces, because names contain none. */
function loadKey(key: string, facet: string): string {
  return `${key} ${facet}`;
}
