import { TYPE_WRAPPERS } from './syntax.js';

/** A node of any kind, for searches that go through whole trees. */
export type SyntaxNode = Readonly<Record<string, unknown>> & { readonly type: string };

/** Parts of a node that are not values. */
const NO_VALUES = new Set([
  'typeAnnotation',
  'typeParameters',
  'typeArguments',
  'returnType',
  'implements',
  'loc',
]);

export function isNode(value: unknown): value is SyntaxNode {
  return typeof (value as { type?: unknown } | null)?.type === 'string';
}

/** Lists what a node consists of, without TypeScript's types. */
export function listParts(node: SyntaxNode): unknown[] {
  return Object.entries(node)
    .filter(([key, part]) => typeof part === 'object' && !NO_VALUES.has(key))
    .map(([, part]) => part);
}

/** Returns the expression inside wrappers that affect only its type. */
export function unwrap(value: unknown): unknown {
  let node = value;
  while (isNode(node) && TYPE_WRAPPERS.has(node.type)) node = node['expression'];
  return node;
}

const MEMBER = /^(?:Optional)?MemberExpression$/;

export function isMember(node: SyntaxNode): boolean {
  return MEMBER.test(node.type);
}

/** Returns the key of a member, a property or a method; null where it is computed by more than a literal. */
export function readKeyOf({ key, property, computed }: SyntaxNode): string | null {
  const node = key ?? property;
  if (!isNode(node)) return null;
  if (node.type === 'StringLiteral' || node.type === 'NumericLiteral') return String(node['value']);
  return node.type === 'Identifier' && computed !== true ? String(node['name']) : null;
}

/** Returns `['a', 'b', 'c']` for `a.b['c']`, and null for anything that is not names all the way. */
export function readPath(expression: unknown): readonly string[] | null {
  const node = unwrap(expression);
  if (!isNode(node)) return null;
  if (node.type === 'Identifier') return [String(node['name'])];
  if (!isMember(node)) return null;
  const key = readKeyOf(node);
  const owner = readPath(node['object']);
  return key === null || owner === null ? null : [...owner, key];
}

/** Returns `a.b.c` for a path of names, and an empty text for anything else. */
export function toDottedPath(expression: unknown): string {
  return readPath(expression)?.join('.') ?? '';
}

/** Returns the expression that `a.b.c` begins with. */
export function findRoot(expression: unknown): unknown {
  const node = unwrap(expression);
  return isNode(node) && isMember(node) ? findRoot(node['object']) : node;
}
