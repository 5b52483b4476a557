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

/** One for each entry of a full batch: whoever sent it wants to mend all of them at once. */
const MAX_ENTRIES = 1000;

/**
 * Makes an instance of a DTO class from parsed input and validates it. The decorators are the usual ones of
 * class-validator and class-transformer, but the latter is shown scalars only: given an object it
 * clones it to the bottom (a megabyte of `variables`) and drops keys named `constructor` on the way. Objects are
 * walked here: those with `@ValidateNested() @Type()` into their classes, any other is passed on as it is.
 * What a class does not declare is refused.
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
  /** One fault for each pointer: the first is the one that the others follow from. */
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
    // class-validator calls a class without any property unknown.
    if (describeShape(instance.constructor as Type<object>).size === 0) return;
    if (isAcceptable(instance.constructor as Type<object>, instance)) return;
    this.reportFailures(validateSync(instance, VALIDATION_OPTIONS), '');
  }

  /** @param parent pointer to what has the property. Most properties are in order, and nobody needs theirs. */
  private readObject(shape: PropertyShape, value: object | null, parent: string, name: string): unknown {
    if (value === null && shape.isNullable) return value;
    const { nested } = shape;
    if (nested === null && !shape.isArray) return value;
    const pointer = pointerTo(parent, name);
    if (shape.isArray && !Array.isArray(value)) return this.refuseShape(shape, pointer);
    if (shape.maxItems !== null && (value as unknown[]).length > shape.maxItems) {
      // Before anything is made of its elements, of which a body may hold millions.
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
    // The JSON reader has refused it in a body. Postgres would, and the error would be a 500.
    if (typeof value === 'string' && value.includes('\0')) {
      this.report(pointerTo(parent, name), 'holds a NUL character');
    }
    return typeof value === 'string' && shape.maxChars !== null ? cutToRefuse(value, shape.maxChars) : value;
  }

  /** class-validator never sees what should be nested and is not: it trips over a key named `constructor`. */
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
      // The value has the wrong shape, so faults inside it would describe something that was not sent.
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

/** A text that is too long in any case is refused by its length first: counting a megabyte's characters takes 60 ms. */
function cutToRefuse(text: string, maxChars: number): string {
  // A character has two units at most.
  return text.length > 2 * maxChars + 2 ? text.slice(0, 2 * maxChars + 2) : text;
}
