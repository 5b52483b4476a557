import type { JsonData } from '../content/json-data.js';
import type { Expression, FilterNode, Operand, OperandNode, VariableNode } from './nodes.js';
import { Absent } from './render-state.js';
import type { RenderState } from './render-state.js';
import { TemplateProblem } from './parsing/template-problem.js';
import { applyOperator, isTruthy, readProperty, measureSize, toData, toDouble, toText } from './values.js';

/**
 * How an absent variable is treated, by where it is used.
 * - `needed` (output, loop, filter): it is noted as missing and counts as null.
 * - `optional` (condition): it counts as null.
 * - `deferred` (assign, the argument of `default`): the `Absent` is passed on, and the code that uses it decides.
 */
export type Need = 'needed' | 'optional' | 'deferred';

/** Finding and noting its path takes about this long. */
const STEPS_OF_AN_ABSENT_PROPERTY = 40;

/** Returns the value of an expression, in which absent variables count as null. */
export function evaluate(expression: Expression, state: RenderState, need: 'needed' | 'optional'): JsonData {
  return settle(evaluateDeferred(expression, state, need), state, need);
}

/** Works like `evaluate`, but an expression that is only an absent variable stays an `Absent`. */
export function evaluateDeferred(expression: Expression, state: RenderState, need: Need): JsonData | Absent {
  const { postfix, filters: calls } = expression;
  if (calls.length === 0) return evaluatePostfix(postfix, state, need);
  const filterNeed = need === 'optional' ? 'optional' : 'needed';
  let value = evaluatePostfix(postfix, state, calls[0]?.name === 'default' ? 'deferred' : filterNeed);
  for (const call of calls) {
    value =
      call.name === 'default'
        ? applyDefault(call, value, state, filterNeed)
        : applyFilter(call, settle(value, state, filterNeed), state, filterNeed);
  }
  return value;
}

export function evaluateOperand(
  node: OperandNode,
  state: RenderState,
  need: 'needed' | 'optional',
): JsonData {
  const value = readOperand(node, state, need);
  return value instanceof Absent ? settle(value, state, need) : toData(value);
}

/** `empty` and `blank` stay symbols, for comparisons. */
export function readOperand(
  node: OperandNode,
  state: RenderState,
  need: 'needed' | 'optional',
): Operand | Absent {
  state.spend(1);
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'range':
      return makeRange(node.from, node.to, state, need);
    case 'variable':
      return lookUp(node, state, need);
  }
}

/** Returns the value of a variable, or an `Absent` when the caller did not send it. Everything below null is null. */
export function lookUp(
  node: VariableNode,
  state: RenderState,
  need: 'needed' | 'optional',
): JsonData | Absent {
  let value = state.find(node.name);
  if (value === undefined) return new Absent([node.name], node.begin);
  if (node.path.length === 0) return value;
  for (const [depth, segment] of node.path.entries()) {
    if (value instanceof Absent || value === null) return value;
    const key = evaluateOperand(segment, state, need);
    if (key === null) return null;
    const member = readProperty(value, key, state);
    if (member === undefined) {
      state.spend(STEPS_OF_AN_ABSENT_PROPERTY);
      return new Absent([...pathTo(node, depth, value, state), toText(key, state)], node.begin);
    }
    value = member;
  }
  return value;
}

/** Returns the object's path among the caller's variables, or the path in the template if it has none. */
function pathTo(node: VariableNode, depth: number, holder: JsonData, state: RenderState): readonly string[] {
  const sent = typeof holder === 'object' && holder !== null ? state.getPath(holder) : null;
  if (sent !== null) return sent;
  const written = node.path
    .slice(0, depth)
    .map((segment) => toText(evaluateOperand(segment, state, 'optional'), state));
  return [node.name, ...written];
}

function evaluatePostfix(postfix: Expression['postfix'], state: RenderState, need: Need): JsonData | Absent {
  const only = postfix[0];
  if (only !== undefined && postfix.length === 1 && only.kind !== 'operator') {
    const value = readOperand(only, state, need === 'optional' ? 'optional' : 'needed');
    return value instanceof Absent ? value : toData(value);
  }
  // An operator treats its operands like a condition does, unless its result is put out.
  const operandNeed = need === 'needed' ? 'needed' : 'optional';
  const stack: Operand[] = [];
  for (const node of postfix) {
    if (node.kind !== 'operator') {
      const value = readOperand(node, state, operandNeed);
      stack.push(value instanceof Absent ? settle(value, state, operandNeed) : value);
      continue;
    }
    const right = stack.pop() ?? null;
    if (node.operator === 'not') stack.push(!isTruthy(toData(right)));
    else stack.push(applyOperator(node.operator, stack.pop() ?? null, right, state));
    state.spend(1);
  }
  return toData(stack[0] ?? null);
}

function applyDefault(
  { args, allowFalse }: FilterNode,
  value: JsonData | Absent,
  state: RenderState,
  need: 'needed' | 'optional',
): JsonData | Absent {
  const known = value instanceof Absent ? null : value;
  const keepsFalse =
    known === false && allowFalse !== null && evaluateOperand(allowFalse, state, need) === true;
  const isUseless =
    typeof known === 'string' || Array.isArray(known) ? measureSize(known, state) === 0 : !isTruthy(known);
  if (keepsFalse || !isUseless) return known;
  const [fallback] = args;
  const other = fallback === undefined ? null : readOperand(fallback, state, need);
  return other instanceof Absent ? other : toData(other);
}

function applyFilter(
  call: FilterNode,
  input: JsonData,
  state: RenderState,
  need: 'needed' | 'optional',
): JsonData {
  const args = call.args.map((arg) => evaluateOperand(arg, state, need));
  state.spend(1);
  return call.filter.apply(input, args, state);
}

function settle(value: JsonData | Absent, state: RenderState, need: 'needed' | 'optional'): JsonData {
  if (!(value instanceof Absent)) return value;
  return need === 'needed' ? state.note(value) : null;
}

function makeRange(
  from: OperandNode,
  to: OperandNode,
  state: RenderState,
  need: 'needed' | 'optional',
): JsonData {
  const first = Math.trunc(readNumber(evaluateOperand(from, state, need), state));
  const last = Math.trunc(readNumber(evaluateOperand(to, state, need), state));
  // Above 2^53 adding one changes nothing, so LiquidJS's own loop over such a range never ends.
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) {
    throw new TemplateProblem('a range needs whole numbers below 2^53', state.at);
  }
  const length = Math.max(0, last - first + 1);
  state.spend(length);
  return Array.from({ length }, (_, index) => first + index);
}

/** Anything but a number or a text counts as 0. */
function readNumber(operand: JsonData, state: RenderState): number {
  const value = toDouble(operand);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return 0;
  state.spendChars(value.length);
  return Number(value);
}
