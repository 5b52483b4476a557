import { mayHoldText } from '../may-hold-text.js';
import type { Scope } from '../scope.js';
import {
  type NamedMember,
  type StaticMember,
  type StaticValue,
  UnreadableError,
  unreadableMember,
} from '../static-values.js';
import { type Expression, type ExpressionOf, readName } from '../syntax.js';
import { toDottedPath } from '../syntax-node.js';

export interface ExportTargets {
  readonly scope: Scope;
  /** Names of the file that are exported. Whatever is assigned into them is exported too. */
  readonly exported: { has(name: string): boolean };
}

/** Methods that add to a list or a Map. */
const ADDING = new Set(['set', 'add', 'push', 'unshift', 'splice', 'concat', 'fill']);
const TOO_LATE = 'it is put there when the code runs: write it where the object is made';

/**
 * Reads exports that a statement at the top of a file makes by an assignment or a call: `module.exports = {…}`, `exports.X = …`,
 * `Object.assign(exports, {…})`, and the same for objects that are exported: `PROMPTS.X = …`, `PROMPTS.set('X', …)`.
 */
export function readExportingStatement(expression: Expression, targets: ExportTargets): NamedMember[] {
  if (expression.type === 'AssignmentExpression') return readAssignment(expression, targets);
  return expression.type === 'CallExpression' ? readCall(expression, targets) : [];
}

/** The target of an assignment: the export, and the path within it. `default` is `module.exports`. */
interface Target {
  readonly name: string;
  /** Null when only running the code would tell. */
  readonly within: readonly string[] | null;
}

function readAssignment(
  assignment: ExpressionOf<'AssignmentExpression'>,
  targets: ExportTargets,
): NamedMember[] {
  // `exports.A = exports.B = 'x'`: the last expression is the value.
  let value: Expression = assignment.right;
  while (value.type === 'AssignmentExpression') value = value.right;
  const chained =
    assignment.right.type === 'AssignmentExpression' ? readAssignment(assignment.right, targets) : [];
  // An assignment to a bare name changes a variable and exports nothing.
  const isName = assignment.left.type === 'Identifier';
  const target = isName ? null : findTarget(assignment.left as Expression, targets);
  if (target === null) return chained;
  const { name, within } = target;
  const place = targets.scope.toPlace(assignment);
  const isPlain = assignment.operator === '=' && within !== null && within.length < 2;
  if (!isPlain)
    return mayHoldText(value) ? [...chained, { name, ...unreadableMember(place, TOO_LATE) }] : chained;
  const read = () => targets.scope.reader.read(value);
  const [key] = within;
  return [
    ...chained,
    { name, ...place, value: key === undefined ? read : () => toObject(key, { ...place, value: read }) },
  ];
}

function readCall(call: ExpressionOf<'CallExpression'>, targets: ExportTargets): NamedMember[] {
  const callee = call.callee as Expression;
  const [first, second, third] = call.arguments as Expression[];
  const { scope } = targets;
  const place = scope.toPlace(call);
  const path = toDottedPath(callee);
  if (first !== undefined && /^Object\.(?:assign|defineProperty|defineProperties)$/.test(path)) {
    const target = findTarget(first, targets);
    if (target === null) return [];
    const { name, within } = target;
    const given = call.arguments.slice(1) as Expression[];
    if (path === 'Object.assign' && within?.length === 0) {
      return given.map((each) => ({ name, ...scope.toPlace(each), value: () => scope.reader.read(each) }));
    }
    const texts = path === 'Object.defineProperty' ? third : given;
    return mayHoldText(texts) ? [{ name, ...unreadableMember(place, TOO_LATE) }] : [];
  }
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier')
    return [];
  const method = callee.property.name;
  const target = ADDING.has(method) ? findTarget(callee.object, targets) : null;
  if (target === null || !mayHoldText(call.arguments)) return [];
  const { name, within } = target;
  if (method !== 'set' || within?.length !== 0 || first === undefined || second === undefined) {
    return [{ name, ...unreadableMember(place, TOO_LATE) }];
  }
  const value = (): StaticValue => {
    const key = scope.reader.read(first);
    const entry: StaticMember = { ...place, value: () => scope.reader.read(second) };
    return toObject(key.kind === 'text' ? key.text : '', entry);
  };
  return [{ name, ...place, value }];
}

function toObject(key: string, member: StaticMember): StaticValue {
  return { kind: 'object', members: new Map([[key, member]]) };
}

/** Null for a target that is not exported. */
function findTarget(expression: Expression, { scope, exported }: ExportTargets): Target | null {
  const keys: (string | null)[] = [];
  let current = expression;
  while (current.type === 'MemberExpression') {
    keys.unshift(readKey(current, scope));
    current = current.object;
  }
  if (current.type !== 'Identifier') return null;
  const { name: root } = current;
  // What a prototype holds belongs to instances.
  if (keys[0] === 'prototype' && scope.functions.makesInstances(root)) return null;
  if (scope.find(root) !== undefined)
    return exported.has(root) ? { name: root, within: requireAll(keys) } : null;
  if (root === 'module') {
    if (keys.shift() !== 'exports') return null;
  } else if (root !== 'exports') return null;
  const [name, ...within] = keys;
  if (name === undefined) return { name: 'default', within: [] };
  return name === null ? { name: 'default', within: null } : { name, within: requireAll(within) };
}

function requireAll(keys: readonly (string | null)[]): readonly string[] | null {
  return keys.includes(null) ? null : (keys as readonly string[]);
}

function readKey({ property, computed }: ExpressionOf<'MemberExpression'>, scope: Scope): string | null {
  if (!computed && property.type === 'Identifier') return readName(property);
  try {
    const key = scope.reader.read(property as Expression);
    return key.kind === 'text' ? key.text : key.kind === 'number' ? String(key.number) : null;
  } catch (error) {
    if (error instanceof UnreadableError) return null;
    throw error;
  }
}
