'use strict';
const Sequencer = require('@jest/test-sequencer').default;

/** Files that take most of a minute or more, the slowest first. */
const SLOW = [
  'test/faults/rows.test.ts',
  'test/e2e/requests/turns.test.ts',
  'test/e2e/operations/workers.test.ts',
  'test/e2e/cli/cli-code.test.ts',
  'test/e2e/operations/embedded.test.ts',
  'test/e2e/operations/shutdown.test.ts',
  'test/examples/client-package.test.ts',
  'test/examples/bench.test.ts',
  'test/e2e/operations/web-concurrency.test.ts',
];

/**
 * Starts with the largest files where Jest has not seen a run yet, as in CI. The slowest file of all is small, so by size alone it came
 * last,
 * and all workers waited minutes for one.
 */
module.exports = class SlowFirstSequencer extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const place = SLOW.findIndex((file) => path.endsWith(file));
      return place === -1 ? SLOW.length : place;
    };
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
