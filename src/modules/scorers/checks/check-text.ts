import type { ExactJson } from '../../../kernel/index.js';
import { type Finding, finding, type ScoringError, scoringError } from '../verdict.js';
import { holdsMembers, isSameJson, readExact, textFor } from './exact-values.js';
import { findPattern } from './find-pattern.js';
import { similarityBetween } from './similarity.js';

type TextCheck = 'contains' | 'starts_with' | 'regex' | 'levenshtein';
type Target = { readonly text: string } | { readonly part: ExactJson };

/**
 * Runs a check that compares texts. `contains` treats the answer as JSON if the operand is not a string, or a path selects a part.
 * @param target the answer as text, or a JSON part of it.
 */
export function checkText(check: TextCheck, operand: ExactJson, target: Target): Finding | ScoringError {
  if (check === 'contains' && (typeof operand !== 'string' || 'part' in target)) {
    const container = 'part' in target ? target.part : readExact(target.text);
    if (container === undefined) return finding(0, 'The answer is not JSON, so it cannot contain the value.');
    const isHeld = holds(container, operand);
    if (isHeld !== undefined) return isHeld ? finding(1) : finding(0, 'The answer does not contain it.');
  }
  if (typeof operand !== 'string')
    return scoringError('expected_unusable', `The check ${check} compares with a text, not with other JSON.`);
  if (operand === '' && check !== 'levenshtein')
    return scoringError(
      'expected_unusable',
      'Nothing but an empty text is expected, and every answer would pass.',
    );
  const text = 'text' in target ? target.text : textFor(target.part);
  if (text === null) return finding(0, 'The selected part of the answer is not text.');
  return compare(check, operand, text);
}

/** Returns whether an array has the element, an object the members, or a value is equal; undefined for a text to find in a text. */
function holds(container: ExactJson, wanted: ExactJson): boolean | undefined {
  if (Array.isArray(container)) {
    return (container as readonly ExactJson[]).some((element) => isSameJson(element, wanted));
  }
  if (typeof wanted === 'string') return undefined;
  if (!(container instanceof Map) || !(wanted instanceof Map)) return isSameJson(container, wanted);
  return holdsMembers(container as ReadonlyMap<string, ExactJson>, wanted as ReadonlyMap<string, ExactJson>);
}

function compare(check: TextCheck, wanted: string, text: string): Finding | ScoringError {
  switch (check) {
    case 'contains':
      return text.includes(wanted) ? finding(1) : finding(0, 'The answer does not contain it.');
    case 'starts_with':
      return text.startsWith(wanted) ? finding(1) : finding(0, 'The answer starts otherwise.');
    case 'regex':
      return findPattern(wanted, text);
    case 'levenshtein': {
      const similarity = similarityBetween(text, wanted);
      if (similarity !== null) return finding(similarity);
      return scoringError(
        'too_long',
        `Texts of ${text.length} and ${wanted.length} characters are too long to be compared letter by letter.`,
      );
    }
  }
}
