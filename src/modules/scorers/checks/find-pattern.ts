import { RE2JS } from 're2js';
import { type Finding, finding, type ScoringError, scoringError } from '../verdict.js';

/** Searches the text for a pattern in RE2 syntax. Takes time proportional to the length of the text. */
export function findPattern(pattern: string, text: string): Finding | ScoringError {
  const compiled = compilePattern(pattern);
  if (typeof compiled === 'string') {
    return scoringError('expected_unusable', `The pattern cannot be used: ${compiled}`);
  }
  return compiled.matcher(text).find() ? finding(1) : finding(0, 'The pattern is not found in the answer.');
}

/** @returns a description of the problem if the pattern cannot be used. */
export function compilePattern(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
