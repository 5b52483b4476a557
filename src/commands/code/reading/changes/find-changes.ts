import type { Statement } from '../syntax.js';
import { isNode, type SyntaxNode } from '../syntax-node.js';
import { addChange, type Change, ChangeSearch, MAX_DEPTH, type NamedChange } from './change-search.js';
import { declarePattern, findDeclared } from './inner-names.js';
import type { ModuleFunctions } from './module-functions.js';
import { findOrigins, type Origin, shift } from './origins.js';

/**
 * Finds the names whose object, list or Map is changed after its creation while the module loads, with the first change.
 * Functions count if they are called in place or passed to a call. Those that names lead to count as well, whether the module declares
 * them or imports them from a module that can be opened. A change through another name of the same object counts, too: an alias, a
 * parameter, an item of a list, `this`.
 * @param functions what these statements may call.
 * @param module all statements of their module, which give objects further names.
 */
export function findChanges(
  statements: readonly Statement[],
  functions: ModuleFunctions,
  module: readonly Statement[] = statements,
): Map<string, Change> {
  const search = new ChangeSearch(functions);
  for (const statement of statements) search.visit(statement, new Map());
  const aliases = listAliases(module);
  for (const [name, changes] of search.changes) {
    for (const change of changes) passToOrigins(name, change, { aliases, changes: search.changes });
  }
  const found = new Map<string, Change>();
  for (const [name, changes] of search.changes) {
    const first = changes.find(({ depth, holdsText }) => depth === 0 || holdsText);
    if (first !== undefined) found.set(name, first);
  }
  return found;
}

/** Members of these are exports, which are read where they are assigned. */
const COMMON_JS = new Set(['module', 'exports']);

type Aliases = ReadonlyMap<string, readonly Origin[]>;

/** Lists the names of the module that stand for others, lead into them or hold them: `const alias = it`, `all.it = it`. */
function listAliases(statements: readonly Statement[]): Aliases {
  const aliases = new Map<string, readonly Origin[]>();
  for (const statement of statements) {
    const declared = findDeclared(statement as unknown as SyntaxNode);
    if (declared.type === 'VariableDeclaration') {
      for (const { id, init } of declared['declarations'] as SyntaxNode[]) {
        declarePattern(id, findOrigins(init, new Map()), aliases);
      }
    }
    const { expression } = declared;
    if (!isNode(expression) || expression.type !== 'AssignmentExpression') continue;
    const origins = findOrigins(expression['right'], new Map());
    for (const { name, depth } of findOrigins(expression['left'], new Map())) {
      if (COMMON_JS.has(name)) continue;
      aliases.set(name, [...(aliases.get(name) ?? []), ...shift(origins, -depth)]);
    }
  }
  return aliases;
}

/** Passes a change that is made under one name on to the objects that this name stands for. */
function passToOrigins(
  name: string,
  change: NamedChange,
  to: { readonly aliases: Aliases; readonly changes: Map<string, NamedChange[]> },
): void {
  for (const origin of to.aliases.get(name) ?? []) {
    const depth = Math.min(origin.depth + change.depth, MAX_DEPTH);
    if (addChange(origin, change, to.changes)) passToOrigins(origin.name, { ...change, depth }, to);
  }
}
