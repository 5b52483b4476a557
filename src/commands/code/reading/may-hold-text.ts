/** Parts of a syntax tree that are not values. */
const NO_VALUES = new Set([
  'typeAnnotation',
  'typeParameters',
  'typeArguments',
  'returnType',
  'implements',
  'loc',
]);

/** Whether a part of the code contains any text: a part without text cannot be a prompt. */
export function mayHoldText(node: unknown): boolean {
  return findNode(node, ({ type, value, quasis }) => {
    if (type === 'StringLiteral') return value !== '';
    return type === 'TemplateLiteral' && Array.isArray(quasis) && !isEmptyTemplate(quasis);
  });
}

type SyntaxNode = Readonly<Record<string, unknown>> & { readonly type: string };

/** Whether a part of the code contains a node that passes the test. Skips TypeScript's types. */
export function findNode(node: unknown, test: (node: SyntaxNode) => boolean): boolean {
  if (Array.isArray(node)) return node.some((each) => findNode(each, test));
  if (!isNode(node)) return false;
  return (
    test(node) ||
    Object.entries(node).some(
      ([key, part]) => typeof part === 'object' && !NO_VALUES.has(key) && findNode(part, test),
    )
  );
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}

function isEmptyTemplate(quasis: readonly unknown[]): boolean {
  const [only, ...rest] = quasis as readonly { readonly value: { readonly raw: string } }[];
  return rest.length === 0 && only?.value.raw === '';
}
