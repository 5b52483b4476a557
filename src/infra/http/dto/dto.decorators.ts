import type { Type as Class } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import type { TransformFnParams } from 'class-transformer';
import { IsArray, IsDate, IsObject, Matches, ValidateBy, ValidateNested } from 'class-validator';
import { PROMPT_NAME, PROMPT_NAME_RULE } from '../../../kernel/index.js';
import { parseRfc3339 } from '../body/rfc3339.js';

/** Declares an object with its own DTO class. */
export function Nested(type: () => Class<object>): PropertyDecorator {
  return combine(IsObject(), ValidateNested(), Type(type));
}

/** Declares an array of objects with their own DTO class. */
export function NestedArray(type: () => Class<object>): PropertyDecorator {
  return combine(IsArray(), ValidateNested({ each: true }), Type(type));
}

/**
 * Converts the text of a query value before validation. If `convert` cannot, it returns the text itself, so that the validator (such as
 * `@IsInt()`) refuses it.
 */
export function FromText(convert: (text: string) => unknown): PropertyDecorator {
  return Transform(({ value }: TransformFnParams): unknown =>
    typeof value === 'string' ? convert(value) : value,
  );
}

/** For {@link FromText}: converts digits to a number. `1e3`, `0x10`, ` 1` and the empty text stay texts. */
export function toInteger(text: string): unknown {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

/** For {@link FromText}: converts `true` and `false`. */
export function toBoolean(text: string): unknown {
  return text === 'true' ? true : text === 'false' ? false : text;
}

/** Declares a query filter that is an RFC 3339 time, such as the example. The property is a `Date`. Add `@IsOptional()`. */
export function IsQueryTime(example = '2026-01-31T12:00:00.000Z'): PropertyDecorator {
  const hint = 'must be an RFC 3339 time such as 2026-01-31T12:00:00Z (a "+" in a URL is sent as %2B)';
  return combine(
    FromText((text) => parseRfc3339(text) ?? text),
    IsDate({ message: hint }),
    ApiPropertyOptional({ type: String, format: 'date-time', example }),
  );
}

/** Declares a body value that is an RFC 3339 time. The property stays a text, for {@link parseRfc3339}. */
export function IsTime(): PropertyDecorator {
  return ValidateBy({
    name: 'isTime',
    validator: {
      validate: (value) => typeof value === 'string' && parseRfc3339(value) !== null,
      defaultMessage: () => 'must be an RFC 3339 time such as 2026-01-31T12:00:00Z',
    },
  });
}

/** A prompt's name in a body or query. */
export function IsPromptName(): PropertyDecorator {
  return combine(
    Matches(PROMPT_NAME, { message: PROMPT_NAME_RULE }),
    ApiProperty({ pattern: PROMPT_NAME.source, example: 'doc_summarizer' }),
  );
}

function combine(...decorators: PropertyDecorator[]): PropertyDecorator {
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };
}
