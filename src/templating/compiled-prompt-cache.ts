import { computeChecksum } from './content/checksum.js';
import type { PromptContent } from './content/content.js';
import { listTemplateParts } from './content/content.js';
import type { CompiledPrompt } from './renderer.js';
import { rendererFor } from './renderers.js';

export interface CompiledPromptCacheOptions {
  /** Default 1,000 prompts. */
  readonly maxEntries?: number;
  /** Characters of all templates kept; parsed they take about ten times their size. Default 8 Mi. */
  readonly maxChars?: number;
}

interface Entry {
  readonly prompt: CompiledPrompt;
  readonly chars: number;
}

/** Parsed prompts by renderer and checksum, the least recently used leave first. Parsing costs ten renders or more. */
export class CompiledPromptCache {
  /** A Map keeps the order of insertion: the first is the one that was not used for the longest time. */
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
   * @param checksum `computeChecksum(content)`, where the caller has it: saves the hashing.
   * @throws TemplateInvalidError 422 `TEMPLATE_INVALID`; a failure is not kept.
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
