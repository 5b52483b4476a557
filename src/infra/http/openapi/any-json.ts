import { MAX_BODY_VALUES } from '../body/json-body.reader.js';

/** Describes a property that takes any JSON; without a type of its own, the generator would describe an object. */
export const ANY_JSON = {
  nullable: true,
  oneOf: [
    { type: 'object', additionalProperties: true },
    { type: 'array', items: {}, maxItems: MAX_BODY_VALUES },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
  ],
};
