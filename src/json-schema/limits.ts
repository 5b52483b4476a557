/**
 * The bounds of a schema and of a validation. All of it is counted and none is timed, so the same schema and value have the
 * same verdict on every machine. The milliseconds are of one core of a two-core cloud machine on Node 20.
 */
export const LIMITS = {
  /** UTF-8 bytes of the schema as compact JSON. */
  schemaBytes: 32_768,
  /** Schemas inside of each other, and levels of the data in `const`, `enum`, `default` and `examples`. */
  depth: 16,
  /** Schemas in all. */
  schemas: 1_000,
  /** Schemas that are applied to one and the same value, counted with every reference followed. */
  appliedSchemas: 1_000,
  /** The most of those that may lie inside of each other: the longest chain of references. */
  appliedDepth: 64,
  patterns: 50,
  patternChars: 1_000,
  /** Instructions of all patterns of a schema together; a repetition `{n}` counts n times. */
  patternSize: 2_000,
  /** Problems of a schema and violations of a value that are listed. */
  listed: 20,
  /** The steps of a validation. A step is about 100 ns: an assertion, a member, a character that a pattern looks at. */
  steps: 150_000,
  /** Evaluations inside of each other, which bounds the stack. */
  evaluationDepth: 512,
  /** Digits of a number that `multipleOf` computes with. */
  digits: 1_000,
} as const;
