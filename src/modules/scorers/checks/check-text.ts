import type { ExactJson } from '../../../kernel/index.js';
import { type Finding, finding, type ScoringError, scoringError } from '../scoring/verdict.js';
import { holdsMembers, isSameJson, readExact, textFor } from './exact-values.js';
import { findPattern } from './find-pattern.js';
import { similarityBetween } from './similarity.js';

/** Runs a check that compares texts. @param target the answer as text, or a part of it that is JSON. */
export function checkText(
  check: 'contains' | 'starts_with' | 'regex' | 'levenshtein',
  operand: ExactJson,
  target: { readonly text: string } | { readonly part: ExactJson },
): Finding | ScoringError {
  const json = 'part' in target ? target.part : undefined;
  if (check === 'contains') {
    const container = json ?? (typeof operand === 'string' ? undefined : readExact(textOrEmpty(target)));
    const isHeld = container === undefined ? undefined : holds(container, operand);
    if (isHeld !== undefined) return isHeld ? finding(1) : finding(0, 'The answer does not contain it.');
  }
  const wanted = textFor(operand);
  if (wanted === null) {
    return check === 'contains'
      ? finding(0, 'The answer is no JSON that could contain it.')
      : scoringError('expected_unusable', `The check ${check} compares with a text, not with a structure.`);
  }
  const text = 'text' in target ? target.text : textFor(target.part);
  if (text === null) return finding(0, 'The part of the answer is no text.');
  return compare(check, wanted, text);
}

/** Whether an array has the element, or an object the members; undefined where neither is asked. */
function holds(container: ExactJson, wanted: ExactJson): boolean | undefined {
  if (Array.isArray(container)) {
    return (container as readonly ExactJson[]).some((element) => isSameJson(element, wanted));
  }
  if (!(container instanceof Map) || !(wanted instanceof Map)) return undefined;
  return holdsMembers(container as ReadonlyMap<string, ExactJson>, wanted as ReadonlyMap<string, ExactJson>);
}

function compare(
  check: 'contains' | 'starts_with' | 'regex' | 'levenshtein',
  wanted: string,
  text: string,
): Finding | ScoringError {
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

function textOrEmpty(target: { readonly text: string } | { readonly part: ExactJson }): string {
  return 'text' in target ? target.text : '';
}
