import { ValidateBy } from 'class-validator';

const MAX_STOPS = 16;

/** The property is a non-empty text or a list of up to 16 of them. Vendors use both forms. */
export function IsStop(): PropertyDecorator {
  return ValidateBy({
    name: 'isStop',
    validator: {
      validate: isStop,
      defaultMessage: () => `must be a text or a list of 1 to ${MAX_STOPS} texts, none of them empty`,
    },
  });
}

function isStop(value: unknown): boolean {
  if (!Array.isArray(value)) return isText(value);
  return value.length > 0 && value.length <= MAX_STOPS && value.every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
