import { type ErrorEntry, parseExact, ValidationError, writeJson } from '../kernel/index.js';
import { LIMITS } from './limits.js';
import { SchemaReader } from './schema-reader.js';
import { SchemaRefused } from './reading/schema-refused.js';
import type { SchemaNode } from './schema-node.js';
import { Validation, ValidationEnded } from './validation.js';

/** A schema that was read and checked. Holds no state: it may validate any number of values. */
export interface CompiledSchema {
  /**
   * Checks a value: what `JSON.parse` or `parseJson` made of a text. Numbers that keep their text are compared by it, so
   * 9007199254740993 is not 9007199254740992.
   *
   * Takes about 20 ms at most; what would take longer is a violation of its own, at the whole value. Code that serves other requests at
   * the same time runs it through `heavyWork`.
   *
   * @param pointer of the value, such as `/variables`, which the pointers of the violations begin with.
   * @returns what is wrong, in the order of the schema, 20 entries at most; empty for a value that fits.
   */
  validate(value: unknown, pointer?: string): readonly ErrorEntry[];
}

/**
 * Reads a JSON Schema (draft 2020-12) from a request. Nothing is generated or loaded: the schema becomes a tree of closures, and both
 * reading and validating are bounded by counts (`LIMITS`).
 *
 * - `$ref` and `$dynamicRef` lead to schemas inside of this one only. `$id` may stand in the whole schema.
 * - Patterns are run by RE2 in linear time, so they cannot look ahead or refer back.
 * - Formats are checked where `findFormat` knows them, and remarks otherwise.
 * - What draft 2020-12 does not know is a remark; what an earlier draft said in other words, and `$data`, is refused.
 *
 * @param pointer of the schema, such as `/variables_schema`, which the pointers of `errors` begin with.
 * @throws ValidationError 400 `VALIDATION_FAILED` with what is wrong with the schema, 20 entries at most.
 */
export function compileSchema(schema: unknown, pointer = ''): CompiledSchema {
  try {
    const reader = new SchemaReader(pointer);
    const root = reader.read(readExact(schema, pointer));
    if (reader.problems.length > 0) throw new SchemaRefused(reader.problems);
    return new Compiled(root, reader.tracks);
  } catch (error) {
    throw new ValidationError(
      'Correct the parts of the schema that "errors" lists.',
      toProblems(error, pointer),
    );
  }
}

/** @throws what says nothing about the schema. */
function toProblems(error: unknown, pointer: string): readonly ErrorEntry[] {
  if (error instanceof SchemaRefused) return error.problems;
  // The stack ended, on a schema that is nested thousands of levels deep.
  if (error instanceof RangeError) return [{ pointer, message: 'is nested too deeply' }];
  throw error;
}

class Compiled implements CompiledSchema {
  constructor(
    private readonly root: SchemaNode,
    private readonly tracks: boolean,
  ) {}

  validate(value: unknown, pointer = ''): readonly ErrorEntry[] {
    const violations: ErrorEntry[] = [];
    try {
      new Validation(violations, pointer, this.tracks).apply(this.root, value);
    } catch (error) {
      const reason = findReason(error);
      if (reason !== null) violations.push({ pointer, message: reason });
    }
    return violations;
  }
}

/** @returns why a validation ended early; null when enough was found. @throws what is no such end. */
function findReason(error: unknown): string | null {
  if (error instanceof ValidationEnded) return error.reason;
  // The stack ended, on a value that is nested thousands of levels deep.
  if (error instanceof RangeError) return 'is nested too deeply to be checked';
  throw error;
}

/** The schema without what `JSON.parse` lost of it. @throws SchemaRefused for one that is too large or no JSON. */
function readExact(schema: unknown, pointer: string): unknown {
  if (typeof schema === 'boolean') return schema;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new SchemaRefused([{ pointer, message: 'must be a JSON Schema: an object' }]);
  }
  const text = writeJson(schema);
  if (Buffer.byteLength(text) <= LIMITS.schemaBytes) return parseExact(text);
  throw new SchemaRefused([{ pointer, message: `is larger than ${LIMITS.schemaBytes} bytes` }]);
}
