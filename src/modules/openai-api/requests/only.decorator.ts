import { ValidateBy } from 'class-validator';

/**
 * A member of OpenAI's that is not passed on: taken where it says what holds anyway, as many clients send it so, and refused
 * by its name where it would be dropped in silence. Null goes by `@IsOptional()`.
 */
export function Only(...values: readonly (string | number | boolean)[]): PropertyDecorator {
  return ValidateBy({
    name: 'only',
    validator: {
      validate: (value: unknown) => values.some((each) => each === value),
      defaultMessage: () => `is not supported: leave it out, or send ${values.join(' or ')}`,
    },
  });
}

/** The same of an object. */
export function OnlyEmpty(): PropertyDecorator {
  return ValidateBy({
    name: 'onlyEmpty',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' && value !== null && Object.keys(value).length === 0,
      defaultMessage: () => 'is not supported: leave it out, or send it empty',
    },
  });
}

/** The same of a list of what an answer may be. */
export function OnlyText(): PropertyDecorator {
  return ValidateBy({
    name: 'onlyText',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
      defaultMessage: () => 'is not supported: leave it out, or send ["text"]',
    },
  });
}

/** A JSON object that is small enough to be kept with each execution. */
export function IsSmallObject(maxChars: number): PropertyDecorator {
  return ValidateBy({
    name: 'isSmallObject',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        JSON.stringify(value).length <= maxChars,
      defaultMessage: () => `must be a JSON object of at most ${maxChars} characters`,
    },
  });
}
