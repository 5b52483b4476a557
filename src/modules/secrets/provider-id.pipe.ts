import { Injectable, type PipeTransform } from '@nestjs/common';
import { ValidationError } from '../../kernel/index.js';

const PROVIDER_ID = /^[a-z][a-z0-9-]{0,63}$/;
const RULE = 'must be lower-case letters, digits and dashes, beginning with a letter';

/** @throws ValidationError `VALIDATION_FAILED` */
@Injectable()
export class ProviderIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (PROVIDER_ID.test(value)) return value;
    throw new ValidationError(`The provider in the path ${RULE}.`, [{ pointer: '/provider', message: RULE }]);
  }
}
