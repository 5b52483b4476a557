'use strict';
const path = require('node:path');

const ROOT = path.join(__dirname, '../../..');

/** Files that take most of a minute or more, with their seconds on two busy cores. The slowest first. */
const SLOW_S = new Map([
  ['test/faults/rows.test.ts', 170],
  ['test/e2e/requests/turns.test.ts', 120],
  ['test/e2e/operations/workers.test.ts', 100],
  ['test/e2e/cli/cli-code.test.ts', 80],
  ['test/e2e/operations/embedded.test.ts', 80],
  ['test/e2e/operations/shutdown.test.ts', 70],
  ['test/examples/client-package.test.ts', 60],
  ['test/examples/bench.test.ts', 60],
  ['test/e2e/operations/web-concurrency.test.ts', 60],
]);
/** The seconds that an ordinary file of each project takes. Only their ratios matter. */
const ORDINARY_S = new Map([
  ['unit', 2],
  ['architecture', 2],
  ['db', 8],
  ['e2e', 14],
  ['browser', 45],
  ['examples', 15],
]);

/** @returns {number | null} null for an ordinary file. */
function readSlowSeconds(file) {
  return SLOW_S.get(path.relative(ROOT, file).replaceAll(path.sep, '/')) ?? null;
}

/** @param {import('@jest/test-result').Test} test knows its duration in ms where Jest has seen a run of it. */
function expectSeconds({ path: file, duration, context }) {
  if (duration !== undefined) return duration / 1000;
  return readSlowSeconds(file) ?? ORDINARY_S.get(context.config.displayName?.name) ?? 10;
}

/** The expected seconds of all files of this run. The sequencer, which sees them all, fills it for the reporter. */
const run = { totalSeconds: 0 };

module.exports = { expectSeconds, readSlowSeconds, run };
