'use strict';

/** For `npm run test:faults`, where each row prints its own lines: only what kept rows from running at all. */
module.exports = class QuietReporter {
  onTestFileResult(_test, { testExecError, failureMessage, testResults }) {
    if (testExecError || testResults.length === 0)
      process.stderr.write(`${failureMessage ?? testExecError}\n`);
  }

  getLastError() {
    return undefined;
  }
};
