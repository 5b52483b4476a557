import { LRUCache } from 'lru-cache';
import { CacheCounts } from '../../../kernel/index.js';

/** A value read of a prompt, and the `registry_revision` that the prompt had in the same snapshot. */
export interface Revisioned<Value> {
  readonly value: Value;
  readonly promptRevision: number;
}

/** Null: there is no such prompt. `value: null`: the prompt is there, and has no such thing. Neither is kept. */
export type Found<Value> = Revisioned<Value | null> | null;

export interface RevisionedCacheOptions<Value> {
  /** Asked at each read: while changes are not heard of, nothing is served from memory or kept. */
  readonly isFollowed: () => boolean;
  readonly sizeBytesOf: (value: Value) => number;
  /** Absent where nothing is counted. */
  readonly counts?: CacheCounts;
  /** Default 10,000. */
  readonly maxPrompts?: number;
  /** The bound for all values together. Default 32 MiB. */
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
  /** The prompt changed, or may have changed, after this one began: what it brings may be old and is not kept. */
  isOvertaken: boolean;
  readonly result: Promise<Found<Value>>;
}

const DEFAULT_MAX_PROMPTS = 10_000;
const DEFAULT_MAX_BYTES = 33_554_432;
/** Many versions of one prompt asked for by number must not make one entry of everything. */
const MAX_FACETS = 100;
/** The overhead of keys, maps and revisions, roughly. */
const FACET_OVERHEAD_BYTES = 256;
/**
 * A last net under the notifications: whatever a misled LISTEN misses (a pooler that swallows it), nothing is served
 * that is older than this.
 */
const DEFAULT_MAX_AGE_MS = 30_000;

/**
 * The values that this process has read of prompts, by project, name and facet (such as a version's number). All facets of an
 * entry were read at one revision of their prompt, and the revision of an entry only grows.
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
      // The age counts from the first facet, so that reading further ones does not keep an entry young.
      noUpdateTTL: true,
    });
  }

  /** Returns the value in memory if it may be served; undefined otherwise. */
  peek(projectId: string, name: string, facet: string): Revisioned<Value> | undefined {
    if (!this.options.isFollowed()) return undefined;
    const found = this.entries.get(toKey(projectId, name))?.facets.get(facet);
    if (found !== undefined) this.counts.hits += 1;
    return found;
  }

  /**
   * From memory, or by `load`. Who misses the same thing while a load is under way shares its outcome.
   * @param fresh calls `load` in any case, and shares no load that began earlier.
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

  /** The prompt has this revision now. What is known of it at the same one stays. */
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
    // There was nothing when that load began; there may have been something by the time this caller came.
    return this.joinable.get(loadKey(key, facet))?.result ?? this.load(key, facet, load);
  }

  private load(key: string, facet: string, load: () => Promise<Found<Value>>): Promise<Found<Value>> {
    const begun: Load<Value> = { key, facet, isOvertaken: false, result: load() };
    this.loads.add(begun);
    // In place of an earlier one: who joins gets what was read as late as possible.
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

/** Project ids are all of one length, so this is never the key of another prompt. */
function toKey(projectId: string, name: string): string {
  return `${projectId} ${name}`;
}

function belongsTo(projectId: string, key: string): boolean {
  return key.startsWith(`${projectId} `);
}

/** Neither names nor facets have blanks. */
function loadKey(key: string, facet: string): string {
  return `${key} ${facet}`;
}
