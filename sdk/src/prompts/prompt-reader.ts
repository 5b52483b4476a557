import { NoActiveVersionError } from '../core/index.js';
import { type Content, toContent, pickExtras, pickRules, type WireContent } from './content.js';
import type { GetPromptOptions } from './get-prompt-options.js';
import { loadPrompt, type LedgerPrompt } from './prompt.js';
import { type AcceptedAge, isUnreachable, PromptCache, type PromptKey } from './prompt-cache.js';
import type { PromptsResource, VersionsResource } from '../resources/index.js';

/** A prompt is small; a caller that waits longer than this is better off with its cached copy. */
const FETCH_LIMITS = { timeoutMs: 10_000, maxRetries: 2 };
const DEFAULT_TTL_SECONDS = 60;
const DEFAULT_MAX_AGE_SECONDS = 600;
const MAX_OWN = 1_000;

/** Reads prompts of the ledger and of this code, and keeps them parsed. */
export class PromptReader {
  private readonly cache = new PromptCache({ fetch: (key) => this.fetch(key) });
  /** Local texts by prompt name; the latest of each is kept parsed. */
  private readonly owned = new Map<
    string,
    { readonly content: Content; readonly prompt: Promise<LedgerPrompt> }
  >();
  private readonly fallbacks: typeof this.owned = new Map();

  constructor(
    private readonly prompts: PromptsResource,
    private readonly versions: VersionsResource,
    private readonly maxRenderedBytes: number | undefined,
  ) {}

  /** Gets a prompt from the cache or the ledger, or else the fallback. */
  get(name: string, options: GetPromptOptions = {}): Promise<LedgerPrompt> {
    const { version = null, environment = null, fallback } = options;
    const age = acceptedAge(options);
    const key = { name, version, environment };
    if (fallback === undefined) return this.cache.get(key, age);
    // While the ledger is unreachable, a caller with a fallback does not wait for it each time.
    if (this.cache.isAway && !this.cache.has(key)) return this.own(name, fallback, true);
    return this.cache.get(key, age).catch((error: unknown) => {
      if (!isUnreachable(error)) throw error;
      return this.own(name, fallback, true);
    });
  }

  /** Parses a text in code, or the fallback for a prompt of the ledger. */
  own(name: string, content: Content, isFallback = false): Promise<LedgerPrompt> {
    const kept = isFallback ? this.fallbacks : this.owned;
    const known = kept.get(name);
    if (known?.content === content) return known.prompt;
    // A registry function may know endless names; a forgotten one is parsed again.
    if (kept.size >= MAX_OWN) kept.clear();
    const beside = { extras: {}, rules: {} };
    const source = { name, content, ...beside, versionNumber: null, renderer: null, isFallback };
    const prompt = loadPrompt(source, this.maxRenderedBytes);
    kept.set(name, { content, prompt });
    return prompt;
  }

  /** @param name null for all prompts. */
  evict(name: string | null): void {
    this.cache.evict(name);
  }

  private async fetch({ name, version, environment }: PromptKey): Promise<LedgerPrompt> {
    if (version !== null) {
      const found = await this.versions.get(name, version, FETCH_LIMITS);
      return this.load(name, found, version, found.renderer);
    }
    const { active_version: active } = await this.prompts.get(name, { ...FETCH_LIMITS, environment });
    if (active === null) throw new NoActiveVersionError(name);
    return this.load(name, active, active.version_number, null);
  }

  private load(
    name: string,
    found: WireContent,
    versionNumber: number,
    renderer: string | null,
  ): Promise<LedgerPrompt> {
    const content = { content: toContent(found), extras: pickExtras(found), rules: pickRules(found) };
    const source = { name, ...content, versionNumber, renderer, isFallback: false };
    return loadPrompt(source, this.maxRenderedBytes);
  }
}

/** A caller that accepts an hour-old prompt without a request should not wait because one is eleven minutes old. */
function acceptedAge({
  cacheTtlSeconds = DEFAULT_TTL_SECONDS,
  cacheMaxAgeSeconds = Math.max(DEFAULT_MAX_AGE_SECONDS, 2 * cacheTtlSeconds),
}: GetPromptOptions): AcceptedAge {
  return { ttlMs: cacheTtlSeconds * 1_000, maxAgeMs: cacheMaxAgeSeconds * 1_000 };
}
