/** Stands in place of a masked value. */
export const MASKED = '***';
/** A shorter value would be found by chance, and masking it would tear other words apart. */
const LEAST_CHARS = 4;
/** Every value is searched for in every text. With more values than this, a text is masked as a whole. */
const MAX_VALUES = 200;

/**
 * Finds masked values again in what a provider answers, in messages of errors, and in other texts that are kept of an execution. A
 * value is found as it was sent, without its outer white space, and as JSON writes it; one that a model has rewritten is not.
 */
export class ValueMask {
  /** The values that are looked for, at most one more than are looked for one by one; another mask can be made of them. */
  readonly sources: readonly string[];
  /** Every form of them. */
  private readonly forms: readonly string[];

  /** @param values the masked texts, in any order. */
  constructor(values: Iterable<string>) {
    const sources = new Set<string>();
    for (const value of values) {
      if (value.trim().length >= LEAST_CHARS) sources.add(value);
      if (sources.size > MAX_VALUES) break;
    }
    this.sources = [...sources];
    const forms = this.sources.flatMap((value) =>
      [value, value.trim()].flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]),
    );
    // The longest first: a value may be a part of another.
    this.forms = [...new Set(forms)].sort((a, b) => b.length - a.length);
  }

  maskText(text: string): string {
    if (this.sources.length > MAX_VALUES) return text === '' ? '' : MASKED;
    let masked = text;
    for (const form of this.forms) if (masked.includes(form)) masked = masked.replaceAll(form, MASKED);
    return masked;
  }

  /** A copy of JSON data with every text in it masked; names of members stay. */
  maskData<Value>(value: Value): Value {
    return this.copy(value) as Value;
  }

  private copy(value: unknown): unknown {
    if (typeof value === 'string') return this.maskText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.copy(item));
    const members = Object.entries(value).map(([key, member]) => [key, this.copy(member)] as const);
    return Object.fromEntries(members);
  }
}
