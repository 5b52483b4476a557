import { isNode, type SyntaxNode } from '../syntax-node.js';
import { copy, findItemOrigins, findOrigins, type InnerNames, type Origin, shift } from './origins.js';

/** Nodes that declare names for what is in them. */
const SCOPE = /^(?:BlockStatement|TSModuleBlock|For(?:Of|In)?Statement|CatchClause)$/;

/** Adds the names that a block, a loop, a namespace or a `catch` declares. */
export function withDeclared(node: SyntaxNode, names: InnerNames): InnerNames {
  const { type, body, init, left, right, param } = node;
  if (!SCOPE.test(type)) return names;
  const inner = new Map(names);
  if (type === 'ForStatement') addDeclaredNames([init], inner);
  else if (type === 'ForOfStatement') addLoopName(left, findItemOrigins(right, names), inner);
  else if (type === 'ForInStatement') addLoopName(left, [], inner);
  else if (type === 'CatchClause') declarePattern(param, [], inner);
  else addDeclaredNames(body, inner);
  return inner;
}

function addLoopName(left: unknown, items: readonly Origin[], names: Map<string, readonly Origin[]>): void {
  if (!isNode(left) || left.type !== 'VariableDeclaration') return;
  for (const { id } of left['declarations'] as SyntaxNode[]) declarePattern(id, items, names);
}

function addDeclaredNames(statements: unknown, names: Map<string, readonly Origin[]>): void {
  for (const each of statements as unknown[]) {
    if (!isNode(each)) continue;
    const declared = findDeclared(each);
    const { type, declarations, id } = declared;
    if (type === 'VariableDeclaration') {
      for (const { id: pattern, init } of declarations as SyntaxNode[]) {
        declarePattern(pattern, findOrigins(init, names), names);
      }
    } else if (type.endsWith('Declaration')) declarePattern(id, [], names);
  }
}

/** Returns what a statement declares, exported or not. */
export function findDeclared(statement: SyntaxNode): SyntaxNode {
  const { declaration } = statement;
  return isNode(declaration) ? declaration : statement;
}

/** Adds each name that a pattern declares. @param origins what the value that the pattern takes apart may be */
export function declarePattern(
  pattern: unknown,
  origins: readonly Origin[],
  names: Map<string, readonly Origin[]>,
): void {
  if (!isNode(pattern)) return;
  const { type, name, left, right, value, argument, parameter, properties, elements } = pattern;
  if (type === 'Identifier') names.set(String(name), origins);
  const given = type === 'AssignmentPattern' ? [...origins, ...findOrigins(right, names)] : origins;
  for (const part of [left, value, argument, parameter]) declarePattern(part, given, names);
  for (const part of (properties ?? elements ?? []) as unknown[]) {
    const isRest = isNode(part) && part.type === 'RestElement';
    declarePattern(part, isRest ? copy(origins) : shift(origins, 1), names);
  }
}
