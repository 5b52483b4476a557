import type { JsonData } from '../json-data.js';
import { evaluate, evaluateDeferred, evaluateOperand, readOperand } from './evaluate.js';
import type { CaseNode, ForNode, Node } from './nodes.js';
import { Absent } from './render-state.js';
import type { RenderState } from './render-state.js';
import { equals, isTruthy, toItems, toText } from './values.js';
import { toNumber } from './filters/numbers.js';

/** How a list of nodes ended: at its end, or by a tag that its loop has to obey. */
type Completion = 'done' | 'break' | 'continue';

/** Renders nodes into the state, up to the end or the first `break` or `continue`. */
export function interpret(nodes: readonly Node[], state: RenderState): Completion {
  for (const node of nodes) {
    const completion = interpretOne(node, state);
    if (completion !== 'done') return completion;
  }
  return 'done';
}

function interpretOne(node: Node, state: RenderState): Completion {
  if ('begin' in node) state.at = node.begin;
  state.spend(1);
  switch (node.kind) {
    case 'text':
      state.write(node.text);
      return 'done';
    case 'output':
      state.write(toText(evaluate(node.expression, state, 'needed'), state));
      return 'done';
    case 'assign':
      state.assign(node.name, evaluateDeferred(node.expression, state, 'deferred'));
      return 'done';
    case 'capture': {
      let completion: Completion = 'done';
      const text = state.capture(() => (completion = interpret(node.body, state)));
      state.assign(node.name, text);
      return completion;
    }
    case 'if': {
      const branch = node.branches.find(
        ({ test, negated }) => isTruthy(evaluate(test, state, 'optional')) !== negated,
      );
      return interpret(branch?.body ?? node.otherwise, state);
    }
    case 'case':
      return interpretCase(node, state);
    case 'for':
      return interpretFor(node, state);
    default:
      return node.kind;
  }
}

/** Every branch that matches is rendered, not only the first, as in Liquid. */
function interpretCase({ subject, branches, otherwise }: CaseNode, state: RenderState): Completion {
  const value = evaluate(subject, state, 'optional');
  let isMatched = false;
  for (const { values, body } of branches) {
    const matches = values.some((candidate) => {
      const operand = readOperand(candidate, state, 'optional');
      return equals(value, operand instanceof Absent ? null : operand, state);
    });
    if (!matches) continue;
    isMatched = true;
    const completion = interpret(body, state);
    if (completion !== 'done') return completion;
  }
  return isMatched ? 'done' : interpret(otherwise, state);
}

function interpretFor(node: ForNode, state: RenderState): Completion {
  const items = loopItems(node, state);
  if (items.length === 0) return interpret(node.otherwise, state);
  const frame = state.enterLoop(node.variable);
  for (const [index, item] of items.entries()) {
    state.spend(1);
    frame.item = item;
    frame.forloop = forloop(index, items.length);
    if (interpret(node.body, state) === 'break') break;
  }
  state.leaveLoop();
  return 'done';
}

function loopItems(
  { collection, offset, limit, reversed }: ForNode,
  state: RenderState,
): readonly JsonData[] {
  const all = toItems(evaluateOperand(collection, state, 'needed'), state);
  const begin = offset === null ? 0 : toCount(evaluateOperand(offset, state, 'needed'));
  const end = limit === null ? all.length : begin + toCount(evaluateOperand(limit, state, 'needed'));
  const items = all.slice(begin, end);
  return reversed ? items.reverse() : items;
}

function toCount(value: JsonData): number {
  return Math.max(0, Math.trunc(toNumber(value)));
}

function forloop(index: number, length: number): JsonData {
  return {
    first: index === 0,
    last: index === length - 1,
    index: index + 1,
    index0: index,
    rindex: length - index,
    rindex0: length - index - 1,
    length,
  };
}
