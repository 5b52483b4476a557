import { isNode, readKeyOf, type SyntaxNode, toDottedPath, unwrap } from '../syntax-node.js';
import type { Statement } from '../syntax.js';
import { SAME_OBJECT } from './origins.js';
import { type Import, ModuleNames } from './module-names.js';
import { findReturned, readRequire } from './module-syntax.js';

/** A function whose body is known, and the module that it belongs to. */
export interface KnownFunction {
  readonly node: SyntaxNode;
  readonly functions: ModuleFunctions;
}

type Path = readonly string[];
export type OpenFunctions = (specifier: string) => ModuleFunctions | null;

const FUNCTION =
  /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod)$/;
const CLASS = /^Class(?:Declaration|Expression)$/;
/** How many names may lead to one another before they are taken for a circle. */
const MAX_STEPS = 30;

/** Finds the functions that a module can call by names such as `helpers.setUp`: its own, and those of modules that it imports. */
export class ModuleFunctions {
  private readonly names: ModuleNames;
  /** What importers have looked for, by its path. What is being looked for is not there, which ends circles of modules. */
  private readonly found = new Map<string, KnownFunction | null>();
  /** Exports that are being traced back to their module, which ends circles of modules as well. */
  private readonly traced = new Set<string>();

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
    this.names = new ModuleNames(statements);
  }

  /** Finds what an expression calls, if the code says so plainly: by names, or by a function or a class that it makes. */
  findCalled(callee: SyntaxNode): KnownFunction | null {
    return this.walk(callee, [], 0);
  }

  /** Whether these functions can use the names of others: they are the same, or those of a namespace in them. */
  isWithin(functions: ModuleFunctions): boolean {
    return this === functions || this.outer?.isWithin(functions) === true;
  }

  /** Whether a name is that of a function or a class, whose prototype its instances share. */
  makesInstances(name: string): boolean {
    const { type = '' } = this.names.declared.get(name) ?? {};
    return FUNCTION.test(type) || CLASS.test(type);
  }

  /** Lists the names under which this module imports an object of another one. @param name as that module declares it. */
  listImported(name: string, from: ModuleFunctions): string[] {
    return [...this.names.imports].flatMap(([local, { specifier, imported }]) =>
      imported !== null && this.open(specifier)?.isExport(imported, name, from) === true ? [local] : [],
    );
  }

  /** Whether importers get an object under a name. @param name as `from` declares it. */
  private isExport(exported: string, name: string, from: ModuleFunctions): boolean {
    if (this.traced.has(exported)) return false;
    this.traced.add(exported);
    try {
      return this.leadsTo(exported, name, from);
    } finally {
      this.traced.delete(exported);
    }
  }

  private leadsTo(exported: string, name: string, from: ModuleFunctions): boolean {
    const entry = this.names.exports.get(exported);
    if (isNode(entry)) return this === from && toDottedPath(entry) === name;
    if (entry !== undefined) {
      const { specifier, imported } = entry;
      return imported !== null && this.open(specifier)?.isExport(imported, name, from) === true;
    }
    if (this === from) return exported === name;
    return this.names.passedOn.some((each) => this.open(each)?.isExport(exported, name, from) === true);
  }

  /** @param path names as the code writes them. The path of a class leads to its constructor. */
  private find(path: Path, steps: number): KnownFunction | null {
    const [first = '', ...rest] = path;
    if (steps > MAX_STEPS) return null;
    const declared = this.names.declared.get(first);
    if (declared !== undefined) return this.walk(declared, rest, steps);
    const imported = this.names.imports.get(first);
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
    const exported = this.names.exports.get(first);
    if (exported !== undefined) {
      return isNode(exported) ? this.walk(exported, rest, steps) : this.follow(exported, rest, steps);
    }
    if (this.names.declared.has(first)) return this.find(path, steps);
    // CommonJS: `module.exports = {…}` is the default export, whose members can be imported by name.
    const all = this.names.exports.get('default');
    const member = isNode(all) ? this.walk(all, path, steps) : null;
    if (member !== null) return member;
    for (const specifier of this.names.passedOn) {
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

  /** Looks a method up in an instance of a class. */
  private walkInstance(made: unknown, path: Path, steps: number): KnownFunction | null {
    const node = unwrap(made);
    if (!isNode(node) || path.length === 0 || steps > MAX_STEPS) return null;
    if (node.type === 'ClassExpression') return this.walkClass(node, path, { steps, isInstance: true });
    const found = node.type === 'Identifier' ? this.findClass(String(node['name'])) : null;
    return found?.functions.walkClass(found.node, path, { steps, isInstance: true }) ?? null;
  }

  private findClass(name: string): KnownFunction | null {
    const declared = this.names.declared.get(name);
    if (declared !== undefined) {
      return CLASS.test(declared.type) ? { node: declared, functions: this } : null;
    }
    const imported = this.names.imports.get(name);
    const exported = imported === undefined ? null : this.open(imported.specifier);
    return imported?.imported == null ? null : (exported?.findClass(imported.imported) ?? null);
  }

  /** Follows `require`, `Object.freeze` and a function that returns another one. */
  private walkReturned(call: SyntaxNode, path: Path, steps: number): KnownFunction | null {
    const required = readRequire(call);
    if (required !== null) return this.follow({ specifier: required, imported: null }, path, steps);
    const [first] = call['arguments'] as unknown[];
    if (SAME_OBJECT.test(toDottedPath(call['callee']))) return this.walk(first, path, steps);
    const made = this.walk(call['callee'], [], steps);
    return made === null ? null : made.functions.walk(findReturned(made.node), path, steps);
  }
}
