import { Injectable, type PipeTransform } from '@nestjs/common';
import { ValidationError } from '../../kernel/index.js';

export const PROVIDER_ID = /^[a-z][a-z0-9-]{0,63}$/;
export const PROVIDER_ID_RULE = 'must be lower-case letters, digits and dashes, beginning with a letter';
/** Model names contain slashes, colons, dots and at signs, but neither white space nor control characters. */
export const MODEL_NAME = /^[!-~]{1,200}$/;
export const MODEL_NAME_RULE = 'must be 1 to 200 visible ASCII characters';

/** @throws ValidationError `VALIDATION_FAILED` */
@Injectable()
export class ProviderIdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    return matching(value, PROVIDER_ID, 'provider', PROVIDER_ID_RULE);
  }
}

/** @throws ValidationError `VALIDATION_FAILED` */
@Injectable()
export class ModelNamePipe implements PipeTransform<string, string> {
  transform(value: string): string {
    return matching(value, MODEL_NAME, 'model_name', MODEL_NAME_RULE);
  }
}

function matching(value: string, pattern: RegExp, name: string, message: string): string {
  if (pattern.test(value)) return value;
  throw new ValidationError(`The ${name} in the path ${message}.`, [{ pointer: `/${name}`, message }]);
}
