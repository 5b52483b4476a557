import { RE2JS } from 're2js';
import { type Finding, finding, type ScoringError, scoringError } from '../verdict.js';

/** Whether the pattern, in the syntax of RE2, is found anywhere in the text. It takes time in proportion to the text. */
export function findPattern(pattern: string, text: string): Finding | ScoringError {
  const compiled = compilePattern(pattern);
  if (typeof compiled === 'string') {
    return scoringError('expected_unusable', `The pattern cannot be used: ${compiled}`);
  }
  return compiled.matcher(text).find() ? finding(1) : finding(0, 'The pattern is not found in the answer.');
}

/** @returns what is wrong with the pattern, as a text, when it cannot be used. */
export function compilePattern(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
