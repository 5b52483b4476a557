import { ConfigurationError } from '../core/index.js';
import { sha256Hex } from '../sha256.js';

/** Prompts in code: an object of texts, or a function that returns the text for a name. */
export type CodeRegistry = Readonly<Record<string, string>> | ((name: string) => string);

/** The prompts of the code and their hashes. */
export class CodePrompts {
  /** Keyed by text, because a function may return another text later. */
  private readonly hashes = new Map<string, Promise<string>>();

  constructor(private readonly registry: CodeRegistry) {}

  /** @returns undefined when the prompt is not in the code. */
  find(name: string): string | undefined {
    const { registry } = this;
    const text: unknown =
      typeof registry === 'function'
        ? registry(name)
        : Object.hasOwn(registry, name)
          ? registry[name]
          : undefined;
    if (text === undefined || typeof text === 'string') return text;
    throw new ConfigurationError(`The prompt "${name}" in your code is not a text.`);
  }

  /** @throws ConfigurationError when the prompt is not in the code */
  get(name: string): string {
    const text = this.find(name);
    if (text === undefined)
      throw new ConfigurationError(`There is no prompt "${name}" in your code registry.`);
    return text;
  }

  /** @throws ConfigurationError for a function, which cannot list its names */
  names(): string[] {
    if (typeof this.registry !== 'function') return Object.keys(this.registry);
    throw new ConfigurationError('Say which prompts to register: a registry that is a function has no list.');
  }

  /** Returns the SHA-256 in lower-case hex, by which the ledger identifies a text. */
  hashText(text: string): Promise<string> {
    let hash = this.hashes.get(text);
    if (hash === undefined) {
      // A function may return endless texts; a forgotten one is hashed again.
      if (this.hashes.size >= 10_000) this.hashes.clear();
      hash = sha256Hex(text);
      this.hashes.set(text, hash);
    }
    return hash;
  }
}
