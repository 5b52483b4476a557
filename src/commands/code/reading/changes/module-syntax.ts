import { isNode, type SyntaxNode, toDottedPath } from '../syntax-node.js';

/** Returns the value of an arrow function, or of the last `return` at the end of a function. */
export function findReturned({ body }: SyntaxNode): unknown {
  if (!isNode(body) || body.type !== 'BlockStatement') return body;
  const last = (body['body'] as SyntaxNode[]).at(-1);
  return last?.type === 'ReturnStatement' ? last['argument'] : null;
}

/** Returns the specifier of `require('…')`; null for any other expression. */
export function readRequire(node: SyntaxNode): string | null {
  if (node.type !== 'CallExpression' || toDottedPath(node['callee']) !== 'require') return null;
  const [first] = node['arguments'] as unknown[];
  return isNode(first) && first.type === 'StringLiteral' ? String(first['value']) : null;
}

/** Returns the specifier that an import or a re-export names. */
export function sourceOf({ source }: SyntaxNode): string | null {
  return isNode(source) ? String(source['value']) : null;
}

/** Returns the name or the text of a specifier. */
export function nameOf(node: unknown): string {
  return isNode(node) ? String(node['name'] ?? node['value']) : '';
}
