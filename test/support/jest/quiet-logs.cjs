'use strict';
const { stripVTControlCharacters } = require('node:util');

/** The start of a line of Nest's logger, after its color. */
const LOGGED = '[Nest] ';

/**
 * Keeps the lines of Nest's logger out of the output of the tests. Many tests cause a fault on purpose, and its warning would look like one
 * about the tests. Tests that are about logs read them where they are written.
 */
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream);
  stream.write = (chunk, ...rest) => {
    const isLogged =
      typeof chunk === 'string' && stripVTControlCharacters(chunk.slice(0, 20)).startsWith(LOGGED);
    if (!isLogged) return write(chunk, ...rest);
    rest.find((each) => typeof each === 'function')?.();
    return true;
  };
}
