import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { ValidationError } from '../../../kernel/index.js';
import { gatherDeepObjects } from './deep-object.js';
import { readDto } from './dto-reader.js';
import type { DtoSource } from './dto-reader.js';
import { prepareBody } from './prepared-body.decorator.js';

const SOURCES: Readonly<Record<string, DtoSource>> = { body: 'body', query: 'query', param: 'path' };
const BUILT_IN_TYPES = new Set<unknown>([Object, String, Number, Boolean, Array, Date]);

/**
 * The global pipe. Turns bodies and queries into their DTO classes ({@link readDto}) and refuses NUL in parameters without a DTO. A body is
 * never converted; a query DTO declares conversions with `@FromText()`.
 *
 * @throws ValidationError `VALIDATION_FAILED`
 */
@Injectable()
export class ContractValidationPipe implements PipeTransform {
  transform(value: unknown, { type, metatype, data }: ArgumentMetadata): unknown {
    const source = SOURCES[type];
    if (source === undefined) return value;
    if (metatype !== undefined && !BUILT_IN_TYPES.has(metatype)) {
      const dto = metatype as Type<object>;
      return readDto(dto, prepareValue(dto, value, source), source);
    }
    // Postgres refuses NUL in a text, which would become a 500.
    if (source !== 'body' && typeof value === 'string' && value.includes('\0')) {
      throw new ValidationError(`Send a ${source} without NUL characters.`, [
        { pointer: `/${data ?? ''}`, message: 'holds a NUL character' },
      ]);
    }
    return value;
  }
}

function prepareValue(dto: Type<object>, value: unknown, source: DtoSource): unknown {
  if (source === 'body') return prepareBody(dto, value);
  return source === 'query' ? gatherDeepObjects(dto, value) : value;
}
