/**
 * All counted, none timed: the same template and variables get the same verdict on every machine. They are part of
 * `liquid-1` and never change within it. The milliseconds are of one core of a two-core cloud machine on Node 20.
 */
export const LIMITS = {
  /** Characters of all templates of a prompt together, as the next two. Plain text is read at about 25 ms a million. */
  templateChars: 1_048_576,
  /** Characters inside `{{ }}` and `{% %}`. The slowest to parse take about 0.4 µs each. */
  markupChars: 131_072,
  /** Number of `{{ }}` and `{% %}`. */
  markups: 10_000,
  /** `{% if %}` in `{% for %}` in …: bounds the recursion of parser and renderer. */
  blockDepth: 64,
  /** `a[b[c[…]]]`: bounds the recursion of LiquidJS, which has no bound but the stack. */
  bracketDepth: 16,
  /**
   * A step is about 50 ns of work: a node, an operand, a loop round, an array element, `charsPerStep` characters that are
   * copied, or `slowCharsPerStep` that are looked at one by one. What takes longer costs several.
   */
  steps: 500_000,
  charsPerStep: 32,
  slowCharsPerStep: 8,
  /** After so many a render that may be interrupted lets others go first. */
  stepsPerTurn: 20_000,
  /** Absent variables that are reported; the rest of a long list helps nobody. */
  missing: 1_000,
} as const;
