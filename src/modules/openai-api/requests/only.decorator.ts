import { ValidateBy } from 'class-validator';

/**
 * Accepts an OpenAI member that is not passed on only at the value that applies anyway, because many clients send that. Refuses
 * any other value by name rather than dropping it silently. Null is left to `@IsOptional()`.
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

/** Accepts an object only when it is empty; see {@link Only}. */
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

/** Accepts a list of modalities only when it is `["text"]`; see {@link Only}. */
export function OnlyText(): PropertyDecorator {
  return ValidateBy({
    name: 'onlyText',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
      defaultMessage: () => 'is not supported: leave it out, or send ["text"]',
    },
  });
}

/** The property is a JSON object that is small enough to be kept with each execution. */
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
