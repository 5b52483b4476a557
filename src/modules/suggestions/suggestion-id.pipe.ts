import { Injectable, type PipeTransform } from '@nestjs/common';
import { ValidationError } from '../../kernel/index.js';

const WELL_FORMED = /^[0-9A-Za-z-]{1,100}$/;
const RULE = 'must be the id of a suggestion';

/** Validates a suggestion id in the path. @throws ValidationError `VALIDATION_FAILED` for an invalid one. */
@Injectable()
export class SuggestionIdPipe implements PipeTransform<unknown, string> {
  transform(value: unknown): string {
    if (typeof value === 'string' && WELL_FORMED.test(value)) return value;
    throw new ValidationError(`The suggestion_id in the path ${RULE}.`, [
      { pointer: '/suggestion_id', message: RULE },
    ]);
  }
}
