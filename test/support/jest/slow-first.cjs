'use strict';
const Sequencer = require('@jest/test-sequencer').default;
const { expectSeconds, readSlowSeconds, run } = require('./expected-times.cjs');

/**
 * Starts with the largest files where Jest has not seen a run yet, as in CI. The slowest file of all is small, so by size alone it came
 * last, and all workers waited minutes for one.
 */
module.exports = class SlowFirstSequencer extends Sequencer {
  sort(tests) {
    run.totalSeconds = tests.reduce((sum, test) => sum + expectSeconds(test), 0);
    const rank = ({ path }) => -(readSlowSeconds(path) ?? 0);
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
