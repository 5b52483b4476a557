'use strict';

/** Prints only what kept rows from running, because each row of `npm run test:faults` prints its own lines. */
module.exports = class QuietReporter {
  onTestFileResult(_test, { testExecError, failureMessage, testResults }) {
    if (testExecError || testResults.length === 0)
      process.stderr.write(`${failureMessage ?? testExecError}\n`);
  }

  getLastError() {
    return undefined;
  }
};
