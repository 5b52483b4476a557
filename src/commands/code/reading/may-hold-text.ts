import { isNode, listParts, type SyntaxNode } from './syntax-node.js';

/** Whether a part of the code contains any text: a part without text cannot be a prompt. */
export function mayHoldText(node: unknown): boolean {
  return findNode(node, ({ type, value, quasis }) => {
    if (type === 'StringLiteral') return value !== '';
    return type === 'TemplateLiteral' && Array.isArray(quasis) && !isEmptyTemplate(quasis);
  });
}

/** Whether a part of the code contains a node that passes the test. Skips TypeScript's types. */
export function findNode(node: unknown, test: (node: SyntaxNode) => boolean): boolean {
  if (Array.isArray(node)) return node.some((each) => findNode(each, test));
  if (!isNode(node)) return false;
  return test(node) || listParts(node).some((part) => findNode(part, test));
}

function isEmptyTemplate(quasis: readonly unknown[]): boolean {
  const [only, ...rest] = quasis as readonly { readonly value: { readonly raw: string } }[];
  return rest.length === 0 && only?.value.raw === '';
}
