'use strict';
const Sequencer = require('@jest/test-sequencer').default;

/** Files that take most of a minute and more, the slowest first. */
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
 * Begins with the largest files where Jest has not seen a run yet, as in CI. The slowest of all is a small one: it came last,
 * and everybody waited minutes for one worker.
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
