import { isNode, readKeyOf, readPath, type SyntaxNode } from '../syntax-node.js';
import type { Statement } from '../syntax.js';
import { nameOf, readRequire, sourceOf } from './module-syntax.js';

/** A name that comes from another module. */
export interface Import {
  readonly specifier: string;
  /** Null for the whole module. */
  readonly imported: string | null;
}

const DECLARATION = /^(?:Function|Class)Declaration$/;

/** The names at the top of a module: what it declares, imports and exports. */
export class ModuleNames {
  /** Functions, classes and the values of variables. */
  readonly declared = new Map<string, SyntaxNode>();
  readonly imports = new Map<string, Import>();
  /** Exports whose name is not that of their declaration. */
  readonly exports = new Map<string, SyntaxNode | Import>();
  /** Modules of which everything is exported again. */
  readonly passedOn: string[] = [];

  constructor(statements: readonly Statement[]) {
    for (const statement of statements) this.declare(statement as unknown as SyntaxNode);
  }

  private declare(statement: SyntaxNode): void {
    switch (statement.type) {
      case 'ImportDeclaration':
        return this.declareImports(statement);
      case 'ExportAllDeclaration':
        this.passedOn.push(sourceOf(statement) ?? '');
        return;
      case 'ExportNamedDeclaration':
        if (isNode(statement['declaration'])) this.declareNamed(statement['declaration']);
        return this.declareSpecifiers(statement);
      case 'ExportDefaultDeclaration': {
        const declaration = statement['declaration'] as SyntaxNode;
        this.declareNamed(declaration);
        this.exports.set('default', declaration);
        return;
      }
      case 'ExpressionStatement':
        return this.declareCommonJs(statement['expression'] as SyntaxNode);
      default:
        this.declareNamed(statement);
    }
  }

  private declareNamed(declaration: SyntaxNode): void {
    const { type, id, declarations } = declaration;
    if (DECLARATION.test(type) && isNode(id)) this.declared.set(String(id['name']), declaration);
    if (type !== 'VariableDeclaration') return;
    for (const { id: pattern, init } of declarations as SyntaxNode[]) {
      if (!isNode(pattern) || !isNode(init)) continue;
      if (pattern.type === 'Identifier') this.declared.set(String(pattern['name']), init);
      else this.declareRequired(pattern, readRequire(init));
    }
  }

  /** Reads `const { setUp, other: named } = require('…')`. */
  private declareRequired({ type, properties }: SyntaxNode, specifier: string | null): void {
    if (specifier === null || type !== 'ObjectPattern') return;
    for (const property of properties as SyntaxNode[]) {
      const imported = readKeyOf(property);
      const local = property['value'];
      if (imported === null || !isNode(local) || local.type !== 'Identifier') continue;
      this.imports.set(String(local['name']), { specifier, imported });
    }
  }

  private declareImports(statement: SyntaxNode): void {
    const specifier = sourceOf(statement) ?? '';
    for (const { type, local, imported } of statement['specifiers'] as SyntaxNode[]) {
      const name =
        type === 'ImportNamespaceSpecifier'
          ? null
          : type === 'ImportSpecifier'
            ? nameOf(imported)
            : 'default';
      this.imports.set(nameOf(local), { specifier, imported: name });
    }
  }

  private declareSpecifiers(statement: SyntaxNode): void {
    const specifier = sourceOf(statement);
    for (const { type, local, exported } of statement['specifiers'] as SyntaxNode[]) {
      const name = nameOf(exported);
      if (specifier === null) this.exports.set(name, local as SyntaxNode);
      else {
        const isAll = type === 'ExportNamespaceSpecifier';
        this.exports.set(name, { specifier, imported: isAll ? null : nameOf(local) });
      }
    }
  }

  private declareCommonJs({ type, left, right }: SyntaxNode): void {
    if (type !== 'AssignmentExpression') return;
    const path = readPath(left) ?? [];
    const [name, ...deeper] = path[0] === 'module' ? path.slice(1) : path;
    if (name !== 'exports' || deeper.length > 1) return;
    this.exports.set(deeper[0] ?? 'default', right as SyntaxNode);
  }
}
