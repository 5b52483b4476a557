'use strict';
const { writeFileSync } = require('node:fs');

/**
 * Ends a run with `N passed, N failed`. What did not run counts as failed: a suite that does not load, a skipped test.
 * With TEST_SUMMARY_FILE the counts go there as JSON and the caller prints the line, after whatever else it prints.
 */
module.exports = class SummaryReporter {
  constructor(globalConfig) {
    // `-t` leaves tests out on purpose.
    this.isFiltered = Boolean(globalConfig.testNamePattern);
  }

  onRunComplete(_contexts, results) {
    const notRun = this.isFiltered ? 0 : results.numPendingTests + results.numTodoTests;
    const passed = results.numPassedTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + notRun;
    this.failed = failed;
    const file = process.env.TEST_SUMMARY_FILE;
    if (file) writeFileSync(file, JSON.stringify({ passed, failed }));
    // Jest's own summary and the teardown come after the reporters.
    else process.once('exit', () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }

  /** Jest itself is content with skipped tests. */
  getLastError() {
    return this.failed > 0 ? new Error(`${this.failed} tests failed or did not run`) : undefined;
  }
};
