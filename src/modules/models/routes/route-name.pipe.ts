import { Injectable, type PipeTransform } from '@nestjs/common';
import { ValidationError } from '../../../kernel/index.js';

export const ROUTE_NAME = /^[A-Za-z0-9_.-]{1,100}$/;
export const ROUTE_NAME_RULE = 'must be 1 to 100 letters, digits, "_", "." and "-"';

/** @throws ValidationError `VALIDATION_FAILED` */
@Injectable()
export class RouteNamePipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (ROUTE_NAME.test(value)) return value;
    throw new ValidationError(`The name in the path ${ROUTE_NAME_RULE}.`, [
      { pointer: '/name', message: ROUTE_NAME_RULE },
    ]);
  }
}
