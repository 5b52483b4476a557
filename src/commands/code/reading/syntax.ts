import { parse, type ParserOptions } from '@babel/parser';

type Program = ReturnType<typeof parse>['program'];

/** The nodes that this code reads, by the parser's own types. */
export type Statement = Program['body'][number];
type NodeOf<Type extends Statement['type']> = Extract<Statement, { type: Type }>;
export type VariableDeclaration = NodeOf<'VariableDeclaration'>;
export type VariableDeclarator = VariableDeclaration['declarations'][number];
export type Expression = NodeOf<'ExpressionStatement'>['expression'];
export type ExpressionOf<Type extends Expression['type']> = Extract<Expression, { type: Type }>;
export type ObjectMember = ExpressionOf<'ObjectExpression'>['properties'][number];
export type ClassNode = NodeOf<'ClassDeclaration'> | ExpressionOf<'ClassExpression'>;
export type ClassMember = ClassNode['body']['body'][number];
export type EnumNode = NodeOf<'TSEnumDeclaration'>;
export type NamespaceNode = NodeOf<'TSModuleDeclaration'>;
export type StatementOf<Type extends Statement['type']> = NodeOf<Type>;

const PLUGINS_BY_EXTENSION: Readonly<Record<string, ParserOptions['plugins']>> = {
  ts: ['typescript', 'decorators', 'decoratorAutoAccessors'],
  mts: ['typescript', 'decorators', 'decoratorAutoAccessors'],
  cts: ['typescript', 'decorators', 'decoratorAutoAccessors'],
  tsx: ['typescript', 'jsx', 'decorators', 'decoratorAutoAccessors'],
  js: ['jsx', 'decorators', 'decoratorAutoAccessors'],
  mjs: ['jsx', 'decorators', 'decoratorAutoAccessors'],
  cjs: ['jsx', 'decorators', 'decoratorAutoAccessors'],
  jsx: ['jsx', 'decorators', 'decoratorAutoAccessors'],
};

/** Whether {@link parseModule} can read a file. */
export function isModule(file: string): boolean {
  return readExtension(file) in PLUGINS_BY_EXTENSION;
}

/** Decorators as TypeScript has them with `experimentalDecorators`: parameters can have some, and `accessor` is no keyword. */
const EXPERIMENTAL_DECORATORS = 'decorators-legacy';

/** Parses the statements of a module and runs nothing. @throws SyntaxError with `loc`, when it does not parse. */
export function parseModule(file: string, source: string): Statement[] {
  const plugins = PLUGINS_BY_EXTENSION[readExtension(file)] ?? [];
  const others = plugins.filter((plugin) => plugin !== 'decorators' && plugin !== 'decoratorAutoAccessors');
  try {
    return parseWith(source, plugins);
  } catch (error) {
    try {
      return parseWith(source, [...others, EXPERIMENTAL_DECORATORS]);
    } catch {
      throw error;
    }
  }
}

function parseWith(source: string, plugins: NonNullable<ParserOptions['plugins']>): Statement[] {
  const options: ParserOptions = { sourceType: 'unambiguous', plugins, createImportExpressions: true };
  return parse(source, { ...options, allowReturnOutsideFunction: true }).program.body;
}

/** Turns a stack overflow, which deeply nested expressions cause, into an error. @throws SyntaxError */
export function refuseTooDeep<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SyntaxError('An expression has too many parts in one another', { cause: error });
  }
}

function readExtension(file: string): string {
  return file.slice(file.lastIndexOf('.') + 1);
}

/** Expressions that wrap another one and affect only its type. */
export const TYPE_WRAPPERS: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'ParenthesizedExpression',
]);

interface Located {
  readonly loc?: { readonly start: { readonly line: number } } | null | undefined;
}

export function getLine(node: Located): number {
  return node.loc?.start.line ?? 1;
}

/** Returns the name or the text of a specifier, an enum member or a property. */
export function readName(node: {
  readonly type: string;
  readonly name?: unknown;
  readonly value?: unknown;
}): string {
  return String(node.type === 'Identifier' ? node.name : node.value);
}

interface Commented {
  readonly leadingComments?: readonly { readonly value: string }[] | null | undefined;
}

/** Whether `// prompt-ledger-ignore` marks an export or a property as not a prompt. */
export function isIgnored(node: Commented): boolean {
  return (node.leadingComments ?? []).some(({ value }) => value.trim() === 'prompt-ledger-ignore');
}
