import { ConfigurationError } from '../errors.js';

/** `fetch` takes these away at both ends of a value, such as the line end of a key that was read from a file. */
const AROUND = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const NOT_IN_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Returns the headers as they are. `fetch` would refuse such a value as if there were no connection, and its message has the value in it,
 * which may be a key.
 * @throws ConfigurationError with the name of a header whose value no header can carry.
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
