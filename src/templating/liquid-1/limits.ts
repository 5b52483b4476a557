/**
 * Every limit counts work and none measures time, so the same template and variables get the same verdict on every machine. They are part
 * of `liquid-1` and never change within it. The milliseconds are for one core of a two-core cloud machine on Node 20.
 */
export const LIMITS = {
  /** Characters of all templates of a prompt together; the next two also count all templates. A million take about 25 ms to read. */
  templateChars: 1_048_576,
  /** Characters inside `{{ }}` and `{% %}`. The slowest ones take about 0.4 µs each to parse. */
  markupChars: 131_072,
  /** Number of `{{ }}` and `{% %}`. */
  markups: 10_000,
  /** Nesting such as `{% if %}` in `{% for %}`. Bounds the recursion of parser and renderer. */
  blockDepth: 64,
  /** Nesting such as `a[b[c[…]]]`. Bounds the recursion of LiquidJS, which is otherwise limited only by the stack. */
  bracketDepth: 16,
  /**
   * A step is about 50 ns of work: a node, an operand, a loop round, an array element, `charsPerStep` copied characters, or
   * `slowCharsPerStep` characters examined one by one. Slower work costs several steps.
   */
  steps: 500_000,
  charsPerStep: 32,
  slowCharsPerStep: 8,
  /** After this many steps an interruptible render yields to other work. */
  stepsPerTurn: 20_000,
  /** The most absent variables that are reported; a longer list helps nobody. */
  missing: 1_000,
} as const;
