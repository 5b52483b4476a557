import type { Steps } from '../../kernel/index.js';
import type { JsonData } from '../content/json-data.js';
import { snippetKey } from '../content/snippet-pin.js';
import { evaluate, evaluateDeferred, evaluateOperand, readOperand } from './evaluate.js';
import type { CaseNode, ForNode, Node, OperandNode, RenderNode } from './nodes.js';
import { TemplateProblem } from './parsing/template-problem.js';
import { Absent } from './render-state.js';
import type { RenderState } from './render-state.js';
import { equals, isTruthy, toData, toItems, toText } from './values.js';
import { toNumber } from './filters/numbers.js';

/** A block costs two generators, a loop round one plus its `forloop` values. */
const STEPS_PER_BLOCK = 4;
const STEPS_PER_ROUND = 4;

/** How a list of nodes ended: at its last node, or at a tag for the enclosing loop. */
type Completion = 'done' | 'break' | 'continue';

/** Renders nodes into the state, up to the end or the first `break` or `continue`. Yields after each turn's steps. */
export function* interpret(nodes: readonly Node[], state: RenderState): Steps<Completion> {
  for (const node of nodes) {
    const completion = isBlock(node) ? yield* interpretBlock(node, state) : interpretOne(node, state);
    if (state.isTurnOver) yield;
    if (completion !== 'done') return completion;
  }
  return 'done';
}

type BlockNode = Extract<Node, { readonly kind: 'capture' | 'if' | 'case' | 'for' | 'render' }>;

/** Only nodes with nodes inside can take long; a generator for each of the others would cost as much as they do. */
function isBlock(node: Node): node is BlockNode {
  const { kind } = node;
  return kind === 'if' || kind === 'for' || kind === 'case' || kind === 'capture' || kind === 'render';
}

function interpretOne(node: Exclude<Node, BlockNode>, state: RenderState): Completion {
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
    default:
      return node.kind;
  }
}

function* interpretBlock(node: BlockNode, state: RenderState): Steps<Completion> {
  state.at = node.begin;
  state.spend(STEPS_PER_BLOCK);
  switch (node.kind) {
    case 'capture': {
      state.beginCapture();
      const completion = yield* interpret(node.body, state);
      state.assign(node.name, state.endCapture());
      return completion;
    }
    case 'if': {
      const branch = node.branches.find(
        ({ test, negated }) => isTruthy(evaluate(test, state, 'optional')) !== negated,
      );
      return yield* interpret(branch?.body ?? node.otherwise, state);
    }
    case 'case':
      return yield* interpretCase(node, state);
    case 'for':
      return yield* interpretFor(node, state);
    case 'render':
      yield* interpretRender(node, state);
      return 'done';
  }
}

/** Renders a snippet in its own scope: it only sees its arguments, and its assignments end with it. */
function* interpretRender(node: RenderNode, state: RenderState): Steps<void> {
  const key = snippetKey(node.pin);
  const args = new Map(node.args.map(({ name, value }) => [name, readArgument(value, state)]));
  const scope = state.enterSnippet(args);
  try {
    yield* interpret(state.snippets.get(key) ?? [], state);
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error;
    // The offset is one in the snippet, but the reader of the error has the template that uses it.
    throw new TemplateProblem(`in the snippet "${key}": ${error.message}`, node.begin);
  }
  state.leaveSnippet(scope);
}

/** Passes on an absent variable, because only the snippet's use of it shows whether it is needed. */
function readArgument(value: OperandNode, state: RenderState): JsonData | Absent {
  const operand = readOperand(value, state, 'optional');
  return operand instanceof Absent ? operand : toData(operand);
}

/** Renders every matching branch, not only the first, as Liquid does. */
function* interpretCase({ subject, branches, otherwise }: CaseNode, state: RenderState): Steps<Completion> {
  const value = evaluate(subject, state, 'optional');
  let isMatched = false;
  for (const { values, body } of branches) {
    const matches = values.some((candidate) => {
      const operand = readOperand(candidate, state, 'optional');
      return equals(value, operand instanceof Absent ? null : operand, state);
    });
    if (!matches) continue;
    isMatched = true;
    const completion = yield* interpret(body, state);
    if (completion !== 'done') return completion;
  }
  return isMatched ? 'done' : yield* interpret(otherwise, state);
}

function* interpretFor(node: ForNode, state: RenderState): Steps<Completion> {
  const items = loopItems(node, state);
  if (items.length === 0) return yield* interpret(node.otherwise, state);
  const frame = state.enterLoop(node.variable);
  for (const [index, item] of items.entries()) {
    state.spend(STEPS_PER_ROUND);
    frame.item = item;
    frame.forloop = forloop(index, items.length);
    if ((yield* interpret(node.body, state)) === 'break') break;
    if (state.isTurnOver) yield;
  }
  state.leaveLoop();
  return 'done';
}

function loopItems(
  { collection, offset, limit, reversed }: ForNode,
  state: RenderState,
): readonly JsonData[] {
  const all = toItems(evaluateOperand(collection, state, 'needed'), state);
  const begin = offset === null ? 0 : toCount(evaluateOperand(offset, state, 'needed'), state);
  const end = limit === null ? all.length : begin + toCount(evaluateOperand(limit, state, 'needed'), state);
  const items = all.slice(begin, end);
  return reversed ? items.reverse() : items;
}

function toCount(value: JsonData, state: RenderState): number {
  return Math.max(0, Math.trunc(toNumber(value, state)));
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
