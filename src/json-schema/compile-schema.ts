import { type ErrorEntry, parseExact, ValidationError, writeJson } from '../kernel/index.js';
import { LIMITS } from './limits.js';
import { SchemaReader } from './schema-reader.js';
import { SchemaRefused } from './reading/schema-refused.js';
import type { SchemaNode } from './schema-node.js';
import { Validation, ValidationEnded } from './validation.js';

/** A schema that was read and checked. It is stateless and may validate any number of values. */
export interface CompiledSchema {
  /**
   * Checks a value from `JSON.parse` or `parseJson`. Numbers that keep their text are compared by that text, so 9007199254740993 does not
   * equal 9007199254740992.
   *
   * Takes about 20 ms at most. A check that would take longer is reported as a violation of the whole value. Code that also serves other
   * requests runs it through `heavyWork`.
   *
   * @param pointer the value's own pointer, such as `/variables`, which prefixes those of the violations.
   * @returns at most 20 violations, in the order of the schema; empty for a valid value.
   */
  validate(value: unknown, pointer?: string): readonly ErrorEntry[];
}

/**
 * Reads a JSON Schema (draft 2020-12) from a request. Generates no code and loads nothing: the schema becomes a tree of closures, and
 * counts (`LIMITS`) bound both reading and validating.
 *
 * - `$ref` and `$dynamicRef` may only refer to schemas inside this one. Only the whole schema may have an `$id`.
 * - RE2 runs patterns in linear time, so they have no look-ahead and no back-references.
 * - Formats that `findFormat` knows are checked; others are annotations.
 * - Keywords unknown to draft 2020-12 are annotations. Keywords that an earlier draft spelt differently are refused, and so is `$data`.
 *
 * @param pointer the schema's own pointer, such as `/variables_schema`, which prefixes those of `errors`.
 * @throws ValidationError 400 `VALIDATION_FAILED` with at most 20 problems of the schema.
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

/** @throws the error itself if it is not about the schema. */
function toProblems(error: unknown, pointer: string): readonly ErrorEntry[] {
  if (error instanceof SchemaRefused) return error.problems;
  // The stack overflowed on a schema that is nested thousands of levels deep.
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

/** @returns why a validation ended early; null when enough was found. @throws any other error. */
function findReason(error: unknown): string | null {
  if (error instanceof ValidationEnded) return error.reason;
  // The stack overflowed on a value that is nested thousands of levels deep.
  if (error instanceof RangeError) return 'is nested too deeply to be checked';
  throw error;
}

/** Restores what `JSON.parse` lost of the schema. @throws SchemaRefused for one that is too large or not JSON. */
function readExact(schema: unknown, pointer: string): unknown {
  if (typeof schema === 'boolean') return schema;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    throw new SchemaRefused([{ pointer, message: 'must be a JSON Schema: an object' }]);
  }
  const text = writeJson(schema);
  if (Buffer.byteLength(text) <= LIMITS.schemaBytes) return parseExact(text);
  throw new SchemaRefused([{ pointer, message: `is larger than ${LIMITS.schemaBytes} bytes` }]);
}
