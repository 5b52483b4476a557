import type { Scope } from '../scope.js';
import { type Expression, readName, type Statement } from '../syntax.js';
import { toDottedPath } from '../syntax-node.js';

/** Names of a file that are exported, with the names that importers use. */
export type ExportedNames = ReadonlyMap<string, readonly string[]>;

/**
 * Lists the names of a file that are exported.
 * @param exporting is given the expressions that export a name.
 */
export function listExportedNames(
  statements: readonly Statement[],
  scope: Scope,
  exporting: Set<unknown>,
): ExportedNames {
  const names = new Map<string, string[]>();
  const add = (local: string, exported: string) => names.set(local, [...(names.get(local) ?? []), exported]);
  const addNamed = (expression: Expression, exported: string) => {
    if (expression.type === 'Identifier') {
      exporting.add(expression);
      add(expression.name, exported);
    }
    if (expression.type !== 'ObjectExpression') return;
    for (const property of expression.properties) {
      if (property.type !== 'ObjectProperty') continue;
      addNamed(property.value as Expression, readName(property.key));
    }
  };
  for (const statement of statements) {
    if (statement.type === 'ExportNamedDeclaration' && statement.source == null) {
      scope.exportedBy(statement).forEach(([name]) => add(name, name));
      const named = readFunctionName(statement.declaration);
      if (named !== null) add(named, named);
      for (const specifier of statement.specifiers) {
        if (specifier.type !== 'ExportSpecifier') continue;
        add(readName(specifier.local), readName(specifier.exported));
      }
    }
    if (statement.type === 'ExportDefaultDeclaration') {
      addNamed(statement.declaration as Expression, 'default');
      const named = readFunctionName(statement.declaration);
      if (named !== null) add(named, 'default');
    }
    if (statement.type === 'TSExportAssignment') addNamed(statement.expression, 'default');
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression')
      continue;
    const { left, right } = statement.expression;
    const target = /^(?:module\.)?exports(?:\.(\w+)|$)/.exec(toDottedPath(left));
    if (target !== null) addNamed(right, target[1] ?? 'default');
  }
  return names;
}

/** Returns the name of a function, which holds no text by itself, but can be given members. */
function readFunctionName(declaration: { readonly type: string } | null | undefined): string | null {
  const { type, id } = (declaration ?? {}) as { type?: string; id?: { name: string } | null };
  return type === 'FunctionDeclaration' ? (id?.name ?? null) : null;
}
