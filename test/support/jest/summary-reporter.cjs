'use strict';
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { stripVTControlCharacters } = require('node:util');
const { expectSeconds, run } = require('./expected-times.cjs');

const TELL_EVERY_MS = 10_000;

/** Formats seconds below two minutes, then minutes. */
function describeTime(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** The most characters of a reason that a list of failures shows. */
const REASON_LENGTH = 300;

/** Names each test that failed or did not run, and each file that did not load, with the beginning of its reason. */
function listFailures(testResults, isFiltered) {
  return testResults.flatMap(({ testFilePath, testResults: tests, testExecError: error }) => {
    const file = path.relative(process.cwd(), testFilePath);
    const failed = tests.filter(({ status }) => status === 'failed');
    const notRun = isFiltered ? [] : tests.filter(({ status }) => ['pending', 'todo'].includes(status));
    return [
      ...(error ? [`${file}: ${shortenReason(error.message)}`] : []),
      ...failed.map((test) => `${file} › ${test.fullName}: ${shortenReason(test.failureMessages[0])}`),
      ...notRun.map((test) => `${file} › ${test.fullName}: it did not run`),
    ];
  });
}

/** Puts the reason on one line, without colours and stack trace. */
function shortenReason(message = 'no reason given') {
  const [reason] = stripVTControlCharacters(message).split(/\n\s+at /);
  return reason.replaceAll(/\s+/g, ' ').trim().slice(0, REASON_LENGTH);
}

/**
 * Prints progress every few seconds, and ends with `N passed, N failed`. Tests that did not run count as failed: a suite that does not
 * load, a skipped test.
 * With TEST_SUMMARY_FILE the counts and the failures go there as JSON, and the caller prints the line after the rest of its output.
 */
module.exports = class SummaryReporter {
  constructor(globalConfig) {
    this.startedAt = Date.now();
    this.toldAt = this.startedAt;
    this.doneSeconds = 0;
    // `-t` skips tests on purpose.
    this.isFiltered = Boolean(globalConfig.testNamePattern);
  }

  onTestResult(test, _result, { numTotalTestSuites: total, ...results }) {
    const done = results.numPassedTestSuites + results.numFailedTestSuites + results.numPendingTestSuites;
    this.doneSeconds += expectSeconds(test);
    const now = Date.now();
    if (now - this.toldAt < TELL_EVERY_MS || done >= total) return;
    this.toldAt = now;
    // Each file counts with the time that it is expected to take, because the slow ones come first.
    const leftMs = ((now - this.startedAt) / this.doneSeconds) * (run.totalSeconds - this.doneSeconds);
    process.stdout.write(`  … suite ${done} of ${total}, about ${describeTime(leftMs)} left\n`);
  }

  onRunComplete(_contexts, results) {
    const notRun = this.isFiltered ? 0 : results.numPendingTests + results.numTodoTests;
    const passed = results.numPassedTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + notRun;
    this.failed = failed;
    const file = process.env.TEST_SUMMARY_FILE;
    if (file)
      writeFileSync(
        file,
        JSON.stringify({ passed, failed, failures: listFailures(results.testResults, this.isFiltered) }),
      );
    // Jest's own summary and the teardown come after the reporters.
    else process.once('exit', () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }

  /** Jest itself accepts skipped tests. */
  getLastError() {
    return this.failed > 0 ? new Error(`${this.failed} tests failed or did not run`) : undefined;
  }
};
