import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type CompiledSchema, SchemaCache } from '../../../json-schema/index.js';
import { heavyWork, parseJson, writeJson } from '../../../kernel/index.js';
import type { JsonSchema } from '../../../templating/index.js';
import type { OutputCheck } from '../facts/output-check.js';

/** The parts of an answer that are checked. */
export interface CheckedAnswer {
  readonly text: string;
  /** Whether only the beginning of the text is kept. */
  readonly truncated: boolean;
  readonly finishReason: string | null;
  readonly hasToolCalls: boolean;
  /** Whether the vendor says that the model refused; absent where it does not say. */
  readonly isRefusal?: boolean;
}

/** Checks below this size take a fraction of a millisecond and run at once. */
const LIGHT_CHARS = 4 * 1024;

/**
 * Checks answers against the schemas of their requests. Vendors promise conformance, but answers still get cut, are refusals or
 * are prose. A mismatch is recorded and never fails the execution.
 */
@Injectable()
export class OutputChecker {
  /** Keyed by object, because every request for a cached version shares its schema object. Null marks a schema that cannot be checked. */
  private readonly known = new WeakMap<object, CompiledSchema | null>();
  /** Keyed by text, for schemas that are read from the database each time. */
  private readonly schemas = new SchemaCache();

  /** @returns null for a schema that is not supported, and for an answer of nothing but tool calls. Never rejects. */
  async check(schema: JsonSchema, answer: CheckedAnswer): Promise<OutputCheck | null> {
    const check = () => this.checkNow(schema, answer);
    if (answer.text.length < LIGHT_CHARS && this.known.has(schema)) return check();
    return heavyWork.run(check);
  }

  private checkNow(schema: object, answer: CheckedAnswer): OutputCheck | null {
    const { text, truncated, hasToolCalls, isRefusal = false } = answer;
    if (hasToolCalls && text.trim() === '') return null;
    const compiled = this.compile(schema);
    if (compiled === null) return null;
    if (isRefusal) return invalid('', 'is a refusal');
    if (truncated) return invalid('', 'is longer than what is kept of an answer, and was cut');
    let value: unknown;
    try {
      value = parseJson(text);
    } catch {
      return invalid('', describeNoJson(answer));
    }
    try {
      const [first] = compiled.validate(value);
      return first === undefined ? { valid: true } : invalid(first.pointer, first.message);
    } catch {
      // The stack overflowed: an answer may be nested as deep as it is long.
      return invalid('', 'is nested too deeply to be checked');
    }
  }

  private compile(schema: object): CompiledSchema | null {
    const known = this.known.get(schema);
    if (known !== undefined) return known;
    const compiled = this.compileText(schema);
    this.known.set(schema, compiled);
    return compiled;
  }

  private compileText(schema: object): CompiledSchema | null {
    try {
      const key = createHash('sha256').update(writeJson(schema)).digest('base64');
      return this.schemas.get(key, schema);
    } catch {
      return null;
    }
  }
}

function invalid(pointer: string, message: string): OutputCheck {
  return { valid: false, pointer, message };
}

function describeNoJson({ text, finishReason }: CheckedAnswer): string {
  if (text.trim() === '') return 'is empty';
  return finishReason === 'length' ? 'is not JSON: it was cut' : 'is not JSON';
}
