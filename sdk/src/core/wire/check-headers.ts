import { ConfigurationError } from '../errors.js';

/** `fetch` strips these from both ends of a value, such as the line end of a key that was read from a file. */
const AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const NOT_IN_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Returns the headers unchanged. `fetch` would report an invalid value like a failed connection, with the value in the message, which may
 * be a key.
 * @throws ConfigurationError with the name of a header whose value is not valid.
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(headers)) {
    if (NOT_IN_A_VALUE.test(value.replace(AROUND, '')))
      throw new ConfigurationError(
        `The value for the header ${name} holds a line end or another character that no header can carry.`,
      );
  }
  return headers;
}
