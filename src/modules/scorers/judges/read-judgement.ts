import type { JudgeDefinition } from '../scorer-definition.js';
import { type Finding, finding, type ScoringError, scoringError } from '../verdict.js';
import type { Judgement } from './judge-calls.js';

/** Matches a whole answer inside a Markdown fence, as models often write it. */
const FENCED = /^```(?:json)?[^\S\n]*\n(?<json>[^]*?)\n?```$/;
const MAX_EXPLANATION_CHARS = 10_000;
const CUT: readonly string[] = ['length', 'max_tokens', 'max_output_tokens'];

/**
 * Reads a judgement: one JSON object with `explanation`, and `label` or `value`, each once. Anything else is an error and never a score.
 * The judgement's execution keeps the answer as received.
 */
export function readJudgement(
  definition: JudgeDefinition,
  { executionId, responseText, finishReason }: Judgement,
): Finding | ScoringError {
  const invalid = (what: string) =>
    scoringError('judge_answer_invalid', `The judge's answer ${what}.`, executionId);
  if (finishReason !== null && CUT.includes(finishReason.toLowerCase())) {
    return scoringError(
      'judge_answer_cut',
      "The judge's answer was cut off at its token limit.",
      executionId,
    );
  }
  const json = withoutFence(responseText);
  const answer = readObject(json);
  if (answer === null) return invalid('is not one JSON object');
  if (hasMemberTwice(json)) return invalid('has the same member twice');
  const { explanation = null, label = null, value = null } = answer;
  if (explanation === null) return invalid('has no explanation');
  if (typeof explanation !== 'string') return invalid('has an explanation that is not a string');
  if (label !== null && typeof label !== 'string') return invalid('has a label that is not a string');
  if (value !== null && typeof value !== 'number') return invalid('has a value that is not a number');
  const said = storable(explanation.slice(0, MAX_EXPLANATION_CHARS));
  const { labels } = definition;
  if (labels !== null) {
    if (label === null) return invalid(`has no label; it may be ${Object.keys(labels).join(', ')}`);
    if (!Object.hasOwn(labels, label))
      return invalid(`has a label that is none of ${Object.keys(labels).join(', ')}`);
    return finding(labels[label] === true ? 1 : 0, said, label);
  }
  const { min, max } = definition;
  const [least, most] = [min ?? 0, max ?? 1];
  if (value === null) return invalid('has no value');
  if (!(value >= least && value <= most)) return invalid(`has a value that is not from ${least} to ${most}`);
  return finding(value, said, label === null || label === '' ? null : storable(label.slice(0, 100)));
}

function withoutFence(text: string): string {
  const trimmed = text.trim();
  return FENCED.exec(trimmed)?.groups?.['json'] ?? trimmed;
}

function readObject(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** Matches strings and the characters that open, close or separate. Everything else in valid JSON is numbers, literals and white space. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/gu;

/** Returns whether the outermost object repeats a member, because JSON parsers silently take the last one. @param json valid JSON. */
function hasMemberTwice(json: string): boolean {
  const names = new Set<string>();
  let depth = 0;
  let text = '';
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token !== ':') text = token;
    else if (depth === 1) {
      const name = JSON.parse(text) as string;
      if (names.has(name)) return true;
      names.add(name);
    }
  }
  return false;
}

function storable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
}
