/**
 * The limits of a schema and of a validation. Every limit counts work and none measures time, so the same schema and value get the same
 * verdict on every machine. The milliseconds are for one core of a two-core cloud machine on Node 20.
 */
export const LIMITS = {
  /** Size of the schema as compact JSON in UTF-8 bytes. */
  schemaBytes: 32_768,
  /** Nesting of schemas, and of the data in `const`, `enum`, `default` and `examples`. */
  depth: 16,
  /** Number of schemas. */
  schemas: 1_000,
  /** Schemas that apply to one and the same value, counting every followed reference. */
  appliedSchemas: 1_000,
  /** The longest chain of references among those schemas. */
  appliedDepth: 64,
  patterns: 50,
  patternChars: 1_000,
  /** Instructions of all patterns of a schema together; a repetition `{n}` counts n times. */
  patternSize: 2_000,
  /** The most problems of a schema or violations of a value that are listed. */
  listed: 20,
  /** The steps of a validation. A step is about 100 ns: an assertion, a member, or a character that a pattern examines. */
  steps: 150_000,
  /** Nesting of evaluations, which bounds the stack. */
  evaluationDepth: 512,
  /** The most digits of a number that `multipleOf` computes with. */
  digits: 1_000,
} as const;
