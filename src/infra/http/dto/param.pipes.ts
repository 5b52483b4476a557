import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { MAX_INT, PROMPT_NAME, PROMPT_NAME_RULE, UUID, ValidationError } from '../../../kernel/index.js';

const POSITIVE_INTEGER = /^[1-9]\d{0,9}$/;

/**
 * Parses an id in the path and returns it in lower case. Our ids are UUIDv7, but any UUID passes: one of another version is well-formed and
 * leads to a 404.
 *
 * @throws ValidationError `VALIDATION_FAILED`
 */
@Injectable()
export class UuidPipe implements PipeTransform<unknown, string> {
  transform(value: unknown, metadata: ArgumentMetadata): string {
    if (typeof value !== 'string' || !UUID.test(value.toLowerCase()))
      throw refusal(metadata, 'must be a UUID');
    return value.toLowerCase();
  }
}

/**
 * Parses a number in the path, such as a version's, from 1 to 2,147,483,647.
 *
 * @throws ValidationError `VALIDATION_FAILED`
 */
@Injectable()
export class PositiveIntPipe implements PipeTransform<unknown, number> {
  transform(value: unknown, metadata: ArgumentMetadata): number {
    const number = typeof value === 'string' && POSITIVE_INTEGER.test(value) ? Number(value) : 0;
    if (number < 1 || number > MAX_INT)
      throw refusal(metadata, `must be a whole number from 1 to ${MAX_INT}`);
    return number;
  }
}

/**
 * Checks a prompt's name in the path. A slash sent as `%2F` is already decoded.
 *
 * @throws ValidationError `VALIDATION_FAILED`
 */
@Injectable()
export class PromptNamePipe implements PipeTransform<unknown, string> {
  transform(value: unknown, metadata: ArgumentMetadata): string {
    if (typeof value !== 'string' || !PROMPT_NAME.test(value)) throw refusal(metadata, PROMPT_NAME_RULE);
    return value;
  }
}

const MAX_ENVIRONMENT_CHARS = 100;

/**
 * Checks the label of an environment in the path or the query.
 *
 * @throws ValidationError `VALIDATION_FAILED`
 */
@Injectable()
export class EnvironmentPipe implements PipeTransform<unknown, string> {
  transform(value: unknown, metadata: ArgumentMetadata): string {
    if (typeof value !== 'string' || !isLabel(value))
      throw refusal(metadata, `must be a text of 1 to ${MAX_ENVIRONMENT_CHARS} characters`);
    return value;
  }
}

/** Postgres cannot store NUL. */
function isLabel(text: string): boolean {
  const { length } = [...text];
  return length >= 1 && length <= MAX_ENVIRONMENT_CHARS && !text.includes('\0');
}

function refusal({ data, type }: ArgumentMetadata, message: string): ValidationError {
  const name = data ?? 'value';
  const place = type === 'query' ? 'query' : 'path';
  return new ValidationError(`The ${name} in the ${place} ${message}.`, [{ pointer: `/${name}`, message }]);
}
