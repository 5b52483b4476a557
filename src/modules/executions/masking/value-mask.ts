/** The replacement for a masked value. */
export const MASKED = '***';
/** A shorter value would match by chance, and masking it would break up other words. */
const LEAST_CHARS = 4;
/** Every value is searched for in every text. With more values than this, a text is masked as a whole. */
const MAX_VALUES = 200;

/**
 * Finds masked values in answers, error messages and other texts that are kept of an execution. Matches a value as it was sent,
 * without its outer white space, and as JSON writes it, but not after a model has reworded it.
 */
export class ValueMask {
  /** The values to look for, at most one more than the limit for separate searches. Another mask can be built from them. */
  readonly sources: readonly string[];
  /** Every form of the values. */
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
    // Longest first, because one value may be part of another.
    this.forms = [...new Set(forms)].sort((a, b) => b.length - a.length);
  }

  maskText(text: string): string {
    if (this.sources.length > MAX_VALUES) return text === '' ? '' : MASKED;
    let masked = text;
    for (const form of this.forms) if (masked.includes(form)) masked = masked.replaceAll(form, MASKED);
    return masked;
  }

  /** Returns a copy of JSON data with every text masked; member names are kept. */
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
