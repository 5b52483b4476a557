import { isMember, isNode, type SyntaxNode, toDottedPath, unwrap } from '../syntax-node.js';

/** An object that a value is, belongs to or holds, by a name. */
export interface Origin {
  readonly name: string;
  /** How many members lead from the object to the value: 0 for the object itself, -1 for a list or an object that holds it. */
  readonly depth: number;
  /** How many members below the value the object begins: 1 for a list that holds it, and for a copy, whose members are its own. */
  readonly below: number;
}

/** The names that inner scopes declare, each with what its value may be. Other names are those of the module. */
export type InnerNames = ReadonlyMap<string, readonly Origin[]>;

/** The name under which a function's `this` is known. */
export const THIS = 'this';

/** Calls that return their first argument. */
export const SAME_OBJECT =
  /^Object\.(?:freeze|seal|preventExtensions|assign|defineProperty|defineProperties)$/;
/** Methods that return an item. */
const ITEM = /^(?:at|find|findLast|get|pop|shift)$/;
/** Methods that return a new list with items of theirs. */
const ITEMS = /^(?:concat|filter|slice|splice|toReversed|toSorted|toSpliced|values)$/;
/** Methods that return the list itself. */
const SAME_LIST = /^(?:reverse|sort)$/;

/** Lists the objects that an expression may be, be a part of or hold; empty for a new value. */
export function findOrigins(expression: unknown, inner: InnerNames): readonly Origin[] {
  const node = unwrap(expression);
  if (!isNode(node)) return [];
  const of = (...parts: unknown[]) => parts.flatMap((part) => findOrigins(part, inner));
  if (isMember(node)) return shift(of(node['object']), 1);
  switch (node.type) {
    case 'Identifier':
      return findNamed(String(node['name']), inner);
    case 'ThisExpression':
      return findNamed(THIS, inner);
    case 'ConditionalExpression':
      return of(node['consequent'], node['alternate']);
    case 'LogicalExpression':
      return of(node['left'], node['right']);
    case 'AssignmentExpression':
      return of(node['right']);
    case 'AwaitExpression':
      return of(node['argument']);
    case 'SequenceExpression':
      return of((node['expressions'] as unknown[]).at(-1));
    case 'ArrayExpression':
      return (node['elements'] as unknown[]).flatMap((each) => findHeldOrigins(each, each, inner));
    case 'ObjectExpression':
      return (node['properties'] as SyntaxNode[]).flatMap((each) =>
        findHeldOrigins(each, each['value'], inner),
      );
    case 'NewExpression':
      return findContained(node, inner);
    case 'CallExpression':
    case 'OptionalCallExpression':
      return findReturned(node, inner);
    default:
      return [];
  }
}

/** Lists the objects that an argument or an item of a list may be. One that is spread stands for any of its items. */
export function findGivenOrigins(given: unknown, inner: InnerNames): readonly Origin[] {
  const isSpread = isNode(given) && given.type === 'SpreadElement';
  return isSpread ? findItemOrigins(given['argument'], inner) : findOrigins(given, inner);
}

/** Lists the objects that the items of a list may be. */
export function findItemOrigins(list: unknown, inner: InnerNames): readonly Origin[] {
  return shift(findOrigins(list, inner), 1);
}

/** Moves on to a member of the value, or to what holds it. @param by the number of members; negative for what holds it */
export function shift(origins: readonly Origin[], by: number): readonly Origin[] {
  return origins.map(({ name, depth, below }) => ({
    name,
    depth: depth + by,
    below: Math.max(0, below - by),
  }));
}

/** Describes a copy of the value, whose own members can change without those of the value. */
export function copy(origins: readonly Origin[]): readonly Origin[] {
  return origins.map((origin) => ({ ...origin, below: Math.max(1, origin.below) }));
}

/** Lists the objects that an item or a member brings into what holds it. */
function findHeldOrigins(item: unknown, value: unknown, inner: InnerNames): readonly Origin[] {
  const isSpread = isNode(item) && item.type === 'SpreadElement';
  return isSpread ? copy(findOrigins(item['argument'], inner)) : shift(findOrigins(value, inner), -1);
}

export function toOrigin(name: string): Origin {
  return { name, depth: 0, below: 0 };
}

function findNamed(name: string, inner: InnerNames): readonly Origin[] {
  return inner.get(name) ?? [toOrigin(name)];
}

/** A Set holds the items of a list, and a Map one part of each of its entries. */
function findContained({ callee, arguments: args }: SyntaxNode, inner: InnerNames): readonly Origin[] {
  const path = toDottedPath(callee);
  const origins = path === 'Map' || path === 'Set' ? findOrigins((args as unknown[])[0], inner) : [];
  return copy(path === 'Map' ? shift(origins, 1) : origins);
}

function findReturned({ callee, arguments: args }: SyntaxNode, inner: InnerNames): readonly Origin[] {
  const [first] = args as unknown[];
  const path = toDottedPath(callee);
  if (SAME_OBJECT.test(path)) return findOrigins(first, inner);
  if (path === 'Object.values') return copy(findOrigins(first, inner));
  if (path === 'Object.entries') return shift(copy(findOrigins(first, inner)), -1);
  const method = unwrap(callee);
  if (!isNode(method) || !isMember(method) || !isNode(method['property'])) return [];
  const name = String(method['property']['name']);
  if (ITEM.test(name)) return findItemOrigins(method['object'], inner);
  if (SAME_LIST.test(name)) return findOrigins(method['object'], inner);
  return ITEMS.test(name) ? copy(findOrigins(method['object'], inner)) : [];
}
