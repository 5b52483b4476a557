import { isNode, readKeyOf, readPath, type SyntaxNode, unwrap } from '../syntax-node.js';
import type { Statement } from '../syntax.js';
import { findReturned, nameOf, readRequire, sourceOf } from './module-syntax.js';

/** A function whose body is known, and the module that it belongs to. */
export interface KnownFunction {
  readonly node: SyntaxNode;
  readonly functions: ModuleFunctions;
}

/** A name that comes from another module. */
interface Import {
  readonly specifier: string;
  /** Null for the whole module. */
  readonly imported: string | null;
}

type Path = readonly string[];
export type OpenFunctions = (specifier: string) => ModuleFunctions | null;

const FUNCTION =
  /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod)$/;
const DECLARATION = /^(?:Function|Class)Declaration$/;
/** How many names may lead to one another before they are taken for a circle. */
const MAX_STEPS = 30;

/** Finds the functions that a module can call by names such as `helpers.setUp`: its own, and those of modules that it imports. */
export class ModuleFunctions {
  private readonly declared = new Map<string, SyntaxNode>();
  private readonly imports = new Map<string, Import>();
  /** Exports whose name is not that of their declaration. */
  private readonly exports = new Map<string, SyntaxNode | Import>();
  /** Modules of which everything is exported again. */
  private readonly passedOn: string[] = [];
  /** What importers have looked for, by its path. What is being looked for is not there, which ends circles of modules. */
  private readonly found = new Map<string, KnownFunction | null>();
  private readonly askedFor = new Set<string>();

  /**
   * @param open finds the functions of a module that this one imports; null when it cannot be read.
   * @param outer those of the module around a namespace.
   */
  constructor(
    readonly file: string,
    statements: readonly Statement[],
    private readonly open: OpenFunctions,
    private readonly outer: ModuleFunctions | null = null,
  ) {
    for (const statement of statements) this.declare(statement as unknown as SyntaxNode);
  }

  /** Finds what an expression calls, if the code says so plainly: by names, or by a function or a class that it makes. */
  findCalled(callee: SyntaxNode): KnownFunction | null {
    return this.walk(callee, [], 0);
  }

  /** Whether these functions can use the names of others: they are the same, or those of a namespace in them. */
  isWithin(functions: ModuleFunctions): boolean {
    return this === functions || this.outer?.isWithin(functions) === true;
  }

  /** Lists the names under which this module imports an object of another one. @param name as that module declares it. */
  listImported(name: string, from: ModuleFunctions): string[] {
    return [...this.imports].flatMap(([local, { specifier, imported }]) =>
      imported !== null && this.open(specifier)?.isExport(imported, name, from) === true ? [local] : [],
    );
  }

  private isExport(exported: string, name: string, from: ModuleFunctions): boolean {
    if (this.askedFor.has(exported)) return false;
    this.askedFor.add(exported);
    try {
      return this.leadsTo(exported, name, from);
    } finally {
      this.askedFor.delete(exported);
    }
  }

  private leadsTo(exported: string, name: string, from: ModuleFunctions): boolean {
    const entry = this.exports.get(exported);
    if (isNode(entry)) return this === from && readPath(entry)?.join('.') === name;
    if (entry !== undefined) {
      const { specifier, imported } = entry;
      return imported !== null && this.open(specifier)?.isExport(imported, name, from) === true;
    }
    if (this === from) return exported === name;
    return this.passedOn.some((each) => this.open(each)?.isExport(exported, name, from) === true);
  }

  /** @param path names as the code writes them. The path of a class leads to its constructor. */
  private find(path: Path, steps: number): KnownFunction | null {
    const [first = '', ...rest] = path;
    if (steps > MAX_STEPS) return null;
    const declared = this.declared.get(first);
    if (declared !== undefined) return this.walk(declared, rest, steps);
    const imported = this.imports.get(first);
    if (imported !== undefined) return this.follow(imported, rest, steps);
    return this.outer?.find(path, steps + 1) ?? null;
  }

  private findExported(path: Path, steps: number): KnownFunction | null {
    const key = path.join('\n');
    const known = this.found.get(key);
    if (known !== undefined) return known;
    this.found.set(key, null);
    const found = this.lookUpExport(path, steps);
    this.found.set(key, found);
    return found;
  }

  private lookUpExport(path: Path, steps: number): KnownFunction | null {
    const [first = '', ...rest] = path;
    if (steps > MAX_STEPS) return null;
    const exported = this.exports.get(first);
    if (exported !== undefined) {
      return isNode(exported) ? this.walk(exported, rest, steps) : this.follow(exported, rest, steps);
    }
    if (this.declared.has(first)) return this.find(path, steps);
    // CommonJS: `module.exports = {…}` is the default export, whose members can be imported by name.
    const all = this.exports.get('default');
    const member = isNode(all) ? this.walk(all, path, steps) : null;
    if (member !== null) return member;
    for (const specifier of this.passedOn) {
      const found = this.open(specifier)?.findExported(path, steps + 1) ?? null;
      if (found !== null) return found;
    }
    return null;
  }

  private follow({ specifier, imported }: Import, rest: Path, steps: number): KnownFunction | null {
    const path = imported === null ? rest : [imported, ...rest];
    return this.open(specifier)?.findExported(path, steps + 1) ?? null;
  }

  /** Looks a path up within a value. */
  private walk(value: unknown, path: Path, steps: number): KnownFunction | null {
    const node = unwrap(value);
    if (!isNode(node) || steps > MAX_STEPS) return null;
    const [first] = path;
    switch (node.type) {
      case 'Identifier':
        return this.find([String(node['name']), ...path], steps + 1);
      case 'MemberExpression':
      case 'OptionalMemberExpression': {
        const key = readKeyOf(node);
        return key === null ? null : this.walk(node['object'], [key, ...path], steps + 1);
      }
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.walkClass(node, path, { steps, isInstance: false });
      case 'NewExpression':
        return this.walkInstance(node['callee'], path, steps + 1);
      case 'ObjectExpression': {
        const members = node['properties'] as SyntaxNode[];
        return this.walkMember(
          members.findLast((each) => readKeyOf(each) === first),
          path,
          steps,
        );
      }
      case 'CallExpression':
        return this.walkReturned(node, path, steps + 1);
      default:
        return first === undefined && FUNCTION.test(node.type) ? { node, functions: this } : null;
    }
  }

  private walkClass(
    node: SyntaxNode,
    path: Path,
    { steps, isInstance }: { readonly steps: number; readonly isInstance: boolean },
  ): KnownFunction | null {
    const [first] = path;
    const members = (node['body'] as SyntaxNode)['body'] as SyntaxNode[];
    const member = members.find((each) =>
      first === undefined
        ? each['kind'] === 'constructor'
        : (each['static'] === true) !== isInstance && readKeyOf(each) === first,
    );
    if (member !== undefined) return this.walkMember(member, path, steps);
    const parent = node['superClass'];
    return isInstance ? this.walkInstance(parent, path, steps + 1) : this.walk(parent, path, steps + 1);
  }

  private walkMember(member: SyntaxNode | undefined, path: Path, steps: number): KnownFunction | null {
    return member === undefined ? null : this.walk(member['value'] ?? member, path.slice(1), steps + 1);
  }

  /** Looks a method up in an instance of a class of this module. */
  private walkInstance(made: unknown, path: Path, steps: number): KnownFunction | null {
    const node = unwrap(made);
    if (!isNode(node) || path.length === 0 || steps > MAX_STEPS) return null;
    if (node.type === 'ClassExpression') return this.walkClass(node, path, { steps, isInstance: true });
    const found = node.type === 'Identifier' ? this.findClass(String(node['name'])) : null;
    return found?.functions.walkClass(found.node, path, { steps, isInstance: true }) ?? null;
  }

  private findClass(name: string): KnownFunction | null {
    const declared = this.declared.get(name);
    if (declared !== undefined) {
      return declared.type.startsWith('Class') ? { node: declared, functions: this } : null;
    }
    const imported = this.imports.get(name);
    const exported = imported === undefined ? null : this.open(imported.specifier);
    return imported?.imported == null ? null : (exported?.findClass(imported.imported) ?? null);
  }

  /** Follows `require`, `Object.freeze` and a function that returns another one. */
  private walkReturned(call: SyntaxNode, path: Path, steps: number): KnownFunction | null {
    const required = readRequire(call);
    if (required !== null) return this.follow({ specifier: required, imported: null }, path, steps);
    const [first] = call['arguments'] as unknown[];
    if (readPath(call['callee'])?.[0] === 'Object') return this.walk(first, path, steps);
    const made = this.walk(call['callee'], [], steps);
    return made === null ? null : made.functions.walk(findReturned(made.node), path, steps);
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
