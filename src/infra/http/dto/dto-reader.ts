import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidationError as PropertyFailure } from 'class-validator';
import { ValidationError } from '../../../kernel/index.js';
import type { ErrorEntry } from '../../../kernel/index.js';
import { pointerSegment } from '../../../kernel/pointer-segment.js';
import { isAcceptable } from './dto-acceptor.js';
import { arrayFailures, describeFailure, VALIDATION_OPTIONS } from './dto-failures.js';
import { makeDto, describeShape } from './dto-shape.js';
import type { PropertyShape } from './dto-shape.js';
import { isRecord } from '../is-record.js';

export type DtoSource = 'body' | 'query' | 'path';

const WORDS: Readonly<Record<DtoSource, { detail: string; unknown: string }>> = {
  body: { detail: 'Correct the parts of the body that "errors" lists.', unknown: 'is not a known field' },
  query: {
    detail: 'Correct the query parameters that "errors" lists.',
    unknown: 'is not a known query parameter',
  },
  path: {
    detail: 'Correct the parts of the path that "errors" lists.',
    unknown: 'is not a known path parameter',
  },
};

/** One for each entry of a full batch, so that the sender can fix all of them at once. */
const MAX_ENTRIES = 1000;

/**
 * Creates an instance of a DTO class from parsed input and validates it. The decorators are the usual ones of class-validator and
 * class-transformer, but class-transformer only sees scalars: it would deep-clone an object (a megabyte of `variables`) and drop keys named
 * `constructor`. Objects are walked here: those with `@ValidateNested() @Type()` become instances of their classes, and any other is passed
 * on unchanged. Properties that a class does not declare are refused.
 *
 * @throws ValidationError `VALIDATION_FAILED` with a pointer for each fault
 */
export function readDto<T extends object>(type: Type<T>, input: unknown, source: DtoSource): T {
  const reader = new DtoReader(source);
  const instance = reader.read(type, input, '');
  reader.validate(instance);
  reader.finish();
  return instance;
}

class DtoReader {
  /** Keeps one fault per pointer: the first, from which the others follow. */
  private readonly messages = new Map<string, string>();

  constructor(private readonly source: DtoSource) {}

  finish(): void {
    if (this.messages.size === 0) return;
    const errors = [...this.messages].map(([pointer, message]): ErrorEntry => ({ pointer, message }));
    throw new ValidationError(WORDS[this.source].detail, errors);
  }

  read<T extends object>(type: Type<T>, input: unknown, pointer: string): T {
    if (!isRecord(input) || Array.isArray(input)) {
      this.report(pointer, 'must be a JSON object');
      return makeDto(type);
    }
    const shape = describeShape(type);
    // A body is never converted, so class-transformer would only copy it.
    const isBody = this.source === 'body';
    const scalars = (isBody ? makeDto(type) : {}) as Record<string, unknown>;
    let objects: Record<string, unknown> | null = null;
    for (const name of Object.keys(input)) {
      const value = input[name];
      const property = shape.get(name);
      if (property === undefined) {
        this.report(pointerTo(pointer, name), WORDS[this.source].unknown);
      } else if (isRecord(value) || value === null) {
        (objects ??= {})[name] = this.readObject(property, value, pointer, name);
      } else {
        scalars[name] = this.readScalar(property, value, pointer, name);
      }
    }
    const made = isBody ? (scalars as T) : plainToInstance(type, scalars);
    return objects === null ? made : Object.assign(made, objects);
  }

  validate(instance: object): void {
    if (this.messages.has('')) return;
    // class-validator reports a class without properties as unknown.
    if (describeShape(instance.constructor as Type<object>).size === 0) return;
    if (isAcceptable(instance.constructor as Type<object>, instance)) return;
    this.reportFailures(validateSync(instance, VALIDATION_OPTIONS), '');
  }

  /** @param parent pointer to the object that has the property. Joined only on a fault, because most properties have none. */
  private readObject(shape: PropertyShape, value: object | null, parent: string, name: string): unknown {
    if (value === null && shape.isNullable) return value;
    const { nested } = shape;
    if (nested === null && !shape.isArray) return value;
    const pointer = pointerTo(parent, name);
    if (shape.isArray && !Array.isArray(value)) return this.refuseShape(shape, pointer);
    if (shape.maxItems !== null && (value as unknown[]).length > shape.maxItems) {
      // Checked before anything is built from the elements, because a body may hold millions.
      return this.report(pointer, `must contain no more than ${shape.maxItems} elements`);
    }
    if (nested === null) return value;
    if (!Array.isArray(value) || !shape.isArray) return this.read(nested, value, pointer);
    return value.map((item, index) => this.read(nested, item, `${pointer}/${index}`));
  }

  private readScalar(shape: PropertyShape, value: unknown, parent: string, name: string): unknown {
    if (shape.isArray || shape.nested !== null) {
      return this.refuseShape(shape, pointerTo(parent, name));
    }
    // The JSON reader refuses NUL in a body. Postgres would refuse it in a query too, which would become a 500.
    if (typeof value === 'string' && value.includes('\0')) {
      this.report(pointerTo(parent, name), 'holds a NUL character');
    }
    return typeof value === 'string' && shape.maxChars !== null ? cutToRefuse(value, shape.maxChars) : value;
  }

  /** Refuses a value that should be nested and is not. class-validator never sees it, because it fails on a key named `constructor`. */
  private refuseShape(shape: PropertyShape, pointer: string): undefined {
    return this.report(pointer, shape.isArray ? 'must be an array' : 'must be a JSON object');
  }

  private reportFailures(failures: readonly PropertyFailure[], pointer: string): void {
    for (const failure of failures) {
      const at = `${pointer}/${pointerSegment(failure.property)}`;
      if (failure.constraints !== undefined) {
        const elements = arrayFailures(failure);
        for (const { index, message } of elements) this.report(`${at}/${index}`, message);
        if (elements.length === 0) this.report(at, describeFailure(failure));
      }
      // The value has the wrong shape, so faults inside it would describe something that the client did not send.
      if (!this.messages.has(at)) this.reportFailures(failure.children ?? [], at);
    }
  }

  private report(pointer: string, message: string): undefined {
    if (!this.messages.has(pointer)) this.messages.set(pointer, message);
    if (this.messages.size >= MAX_ENTRIES) this.finish();
  }
}

function pointerTo(parent: string, name: string): string {
  return `${parent}/${pointerSegment(name)}`;
}

/** Shortens a text that is far too long to a length that still fails: counting the characters of a megabyte takes 60 ms. */
function cutToRefuse(text: string, maxChars: number): string {
  // A character has at most two UTF-16 units.
  return text.length > 2 * maxChars + 2 ? text.slice(0, 2 * maxChars + 2) : text;
}
