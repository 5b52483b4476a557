import { computeChecksum } from './content/checksum.js';
import type { PromptContent } from './content/content.js';
import { listTemplateParts } from './content/content.js';
import type { CompiledPrompt } from './renderer.js';
import { rendererFor } from './renderers.js';

export interface CompiledPromptCacheOptions {
  /** Default 1,000 prompts. */
  readonly maxEntries?: number;
  /** Limit on the characters of all cached templates; parsed they take about ten times their size. Default 8 Mi. */
  readonly maxChars?: number;
}

interface Entry {
  readonly prompt: CompiledPrompt;
  readonly chars: number;
}

/** Caches parsed prompts by renderer and checksum, and evicts the least recently used. Parsing costs as much as ten renders or more. */
export class CompiledPromptCache {
  /** A Map keeps insertion order, so the first entry is the least recently used. */
  private readonly entries = new Map<string, Entry>();
  private readonly maxEntries: number;
  private readonly maxChars: number;
  private chars = 0;

  constructor({ maxEntries = 1_000, maxChars = 8_388_608 }: CompiledPromptCacheOptions = {}) {
    this.maxEntries = maxEntries;
    this.maxChars = maxChars;
  }

  get size(): number {
    return this.entries.size;
  }

  /**
   * @param checksum `computeChecksum(content)`, if the caller already has it, which saves the hashing.
   * @throws TemplateInvalidError 422 `TEMPLATE_INVALID`; failures are not cached.
   */
  compile(rendererId: string, content: PromptContent, checksum = computeChecksum(content)): CompiledPrompt {
    const key = `${rendererId}:${content.kind}:${checksum}`;
    const known = this.entries.get(key);
    const entry = known ?? { prompt: rendererFor(rendererId).compile(content), chars: countChars(content) };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (known === undefined) {
      this.chars += entry.chars;
      this.shrink();
    }
    return entry.prompt;
  }

  private shrink(): void {
    for (const [key, { chars }] of this.entries) {
      if (this.entries.size <= this.maxEntries && this.chars <= this.maxChars) return;
      this.entries.delete(key);
      this.chars -= chars;
    }
  }
}

function countChars(content: PromptContent): number {
  const own = listTemplateParts(content).reduce((total, { source }) => total + source.length, 0);
  const { snippets = [] } = content.extras ?? {};
  return snippets.reduce((total, { template_source: source }) => total + source.length, own);
}
