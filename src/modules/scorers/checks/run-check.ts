import { type ExactJson, ExactNumber, formatPicoUsd, parseExact } from '../../../kernel/index.js';
import type { CheckDefinition } from '../scorer-definition.js';
import type { ScorableAnswer } from '../scorable-answer.js';
import { type Finding, finding, type ScoringError, scoringError } from '../verdict.js';
import { checkText } from './check-text.js';
import { isJson, isSameJson, readExact, textFor } from './exact-values.js';
import { isRefusal } from './is-refusal.js';
import { parsePath, selectPart } from './json-path.js';
import { matchesSchema } from './matches-schema.js';
import { readPicoUsd } from './read-pico-usd.js';

/** The value to check: the whole answer as text, or the part that the path selects. */
type Target = { readonly text: string } | { readonly part: ExactJson };

/** Runs a check. The time grows with the texts, so long ones are checked in a separate thread. */
export function runCheck(definition: CheckDefinition, answer: ScorableAnswer): Finding | ScoringError {
  const found = lookAt(definition, answer);
  if (found.kind === 'error' || !definition.negate) return found;
  return finding(1 - found.value, found.value === 1 ? 'negated' : null);
}

function lookAt(definition: CheckDefinition, answer: ScorableAnswer): Finding | ScoringError {
  const { check } = definition;
  switch (check) {
    case 'max_latency_ms':
    case 'max_cost_usd':
    case 'tool_called':
      return withOperand(definition, answer, (operand) => checkExecution(check, operand, answer));
    case 'json_valid':
    case 'is_refusal':
      return withTarget(definition, answer, (target) =>
        check === 'json_valid' ? checkJson(target) : checkRefusal(target, answer),
      );
    case 'json_schema':
      return checkSchema(definition, answer);
    default:
      return withOperand(definition, answer, (operand) =>
        withTarget(definition, answer, (target) =>
          check === 'equals' ? checkEquals(operand, target) : checkText(check, operand, target),
        ),
      );
  }
}

/** Passes the operand to the check: its own `value`, else `expected` of the item. */
function withOperand(
  { valueJson }: CheckDefinition,
  { expectedJson }: ScorableAnswer,
  check: (operand: ExactJson) => Finding | ScoringError,
): Finding | ScoringError {
  const json = valueJson ?? expectedJson;
  if (json !== null) return check(parseExact(json));
  return scoringError('expected_unusable', 'The check compares with `expected`, and nothing was expected.');
}

/** An answer without the selected part fails, because that is the answer's fault. */
function withTarget(
  { path }: CheckDefinition,
  { responseText: text }: ScorableAnswer,
  check: (target: Target) => Finding | ScoringError,
): Finding | ScoringError {
  if (path === null) return check({ text });
  const json = readExact(text);
  if (json === undefined) return finding(0, 'The answer is not JSON.');
  const part = selectPart(json, parsePath(path) ?? []);
  return part === undefined ? finding(0, `The answer has nothing at ${path}.`) : check({ part });
}

function checkEquals(operand: ExactJson, target: Target): Finding {
  if ('part' in target) return passIf(isSameJson(operand, target.part), 'The part of the answer is another.');
  if (typeof operand === 'string') return passIf(operand === target.text, 'The answer is another text.');
  const json = readExact(target.text);
  if (json === undefined) return finding(0, 'The answer is not JSON.');
  return passIf(isSameJson(operand, json), 'The answer is another value.');
}

/** A part that is a string must contain JSON. Any other part is JSON already. */
function checkJson(target: Target): Finding {
  if ('text' in target) return passIf(isJson(target.text), 'The answer is not JSON.');
  const { part } = target;
  return passIf(
    typeof part !== 'string' || isJson(part),
    'The part of the answer is a text that is not JSON.',
  );
}

function checkRefusal(target: Target, { telemetry }: ScorableAnswer): Finding {
  const text = 'text' in target ? target.text : textFor(target.part);
  return passIf(isRefusal(text ?? '', telemetry.finishReason), 'The answer is not a refusal.');
}

function checkSchema(definition: CheckDefinition, answer: ScorableAnswer): Finding | ScoringError {
  return withTarget(definition, answer, (target) => {
    const part = 'part' in target ? target.part : readExact(target.text);
    if (part === undefined) return finding(0, 'The answer is not JSON.');
    const problem = matchesSchema(definition.valueJson as string, part);
    return problem === null ? finding(1) : finding(0, problem);
  });
}

function checkExecution(
  check: 'max_latency_ms' | 'max_cost_usd' | 'tool_called',
  operand: ExactJson,
  { telemetry, toolCalls }: ScorableAnswer,
): Finding | ScoringError {
  if (check === 'tool_called') return checkTools(operand, toolCalls);
  return check === 'max_latency_ms'
    ? checkLatency(operand, telemetry.latencyMs)
    : checkCost(operand, telemetry.costPicoUsd);
}

function checkTools(operand: ExactJson, calls: ScorableAnswer['toolCalls']): Finding | ScoringError {
  const wanted = Array.isArray(operand) ? (operand as readonly ExactJson[]) : [operand];
  if (wanted.length === 0 || !wanted.every((name) => typeof name === 'string')) {
    return unusable('the name of a tool, or a list of names');
  }
  const called = new Set(calls.map(({ name }) => name));
  const missing = wanted.filter((name) => !called.has(name));
  return passIf(missing.length === 0, `Not called: ${missing.join(', ')}.`);
}

function checkLatency(operand: ExactJson, latencyMs: number | null): Finding | ScoringError {
  const most = operand instanceof ExactNumber ? operand.value : operand;
  if (typeof most !== 'number') return unusable('a number of milliseconds');
  if (latencyMs === null) return unknown('The latency');
  return passIf(latencyMs <= most, `It took ${latencyMs} ms.`);
}

function checkCost(operand: ExactJson, costPicoUsd: string | null): Finding | ScoringError {
  const most = readPicoUsd(operand);
  if (most === null) return unusable('an amount of US dollars');
  if (costPicoUsd === null) return unknown('The cost');
  const cost = BigInt(costPicoUsd);
  return passIf(cost <= most, `It cost ${formatPicoUsd(cost)} US dollars.`);
}

function passIf(passes: boolean, otherwise: string): Finding {
  return passes ? finding(1) : finding(0, otherwise);
}

function unusable(words: string): ScoringError {
  return scoringError('expected_unusable', `The check compares with \`expected\`, which has to be ${words}.`);
}

function unknown(words: string): ScoringError {
  return scoringError(
    'telemetry_missing',
    `${words} of the execution is unknown, so the check cannot score it.`,
  );
}
