import type { CodeProblem } from '../code-prompt.js';
import { findChanges } from './changes/find-changes.js';
import { findNode, mayHoldText } from './may-hold-text.js';
import { readExportingStatement } from './common-js.js';
import { type ImportedModule, type OpenModule, Scope } from './scope.js';
import {
  holdsText,
  merged,
  type NamedMember,
  OTHER,
  type StaticMember,
  type StaticValue,
  UnreadableError,
} from './static-values.js';
import {
  type Expression,
  isIgnored,
  getLine,
  readName,
  parseModule,
  refuseTooDeep,
  toDottedPath,
  type Statement,
  type StatementOf,
} from './syntax.js';

/** The exports of a module, read from its syntax. Nothing of it is run. */
export class CodeModule implements ImportedModule {
  readonly problems: CodeProblem[] = [];
  private readonly statements: readonly Statement[];
  private readonly scope: Scope;
  private readonly exportedNames: ReadonlySet<string>;
  private listed: NamedMember[] | null = null;

  /** @throws SyntaxError with `loc`, when it does not parse. */
  constructor(
    private readonly file: string,
    source: string,
    private readonly open: OpenModule,
  ) {
    this.statements = refuseTooDeep(() => parseModule(file, source));
    this.scope = refuseTooDeep(() => new Scope({ file, open }, this.statements));
    this.exportedNames = listExportedNames(this.statements, this.scope);
    this.scope.forgetChanges(this.exportedNames);
  }

  /** In source order. */
  get exports(): readonly NamedMember[] {
    if (this.listed !== null) return this.listed;
    // Files that re-export each other see the exports found so far.
    this.listed = [];
    for (const statement of this.statements) {
      if (!isIgnored(statement)) this.readStatement(statement, this.listed);
    }
    return this.listed;
  }

  find(name: string): StaticMember | undefined {
    const [found, ...added] = this.exports.filter((each) => each.name === name);
    if (found !== undefined && added.length > 0) {
      return {
        ...found,
        value: () => added.reduce((value, each) => merged(value, each.value()), found.value()),
      };
    }
    if (found !== undefined || name === 'default') return found;
    // The members of `module.exports = {…}` and of JSON can be imported by name.
    const all = this.exports.find((each) => each.name === 'default')?.value();
    return all?.kind === 'object' ? all.members.get(name) : undefined;
  }

  readonly all = (): StaticValue => {
    const members = new Map<string, StaticMember>();
    for (const { name, ...member } of this.exports) {
      const value = name === 'default' ? member.value() : null;
      if (value?.kind === 'object') value.members.forEach((each, key) => members.set(key, each));
      else members.set(name, member);
    }
    return { kind: 'object', members };
  };

  /** Whether a name belongs to a type or a mere declaration, which does not exist at run time. */
  isType(name: string): boolean {
    return this.scope.types.has(name);
  }

  private readStatement(statement: Statement, exports: NamedMember[]): void {
    switch (statement.type) {
      case 'ExportNamedDeclaration':
        return this.readNamed(statement, exports);
      case 'ExportDefaultDeclaration':
        return this.readDefault(statement, exports);
      case 'ExportAllDeclaration':
        if (statement.exportKind !== 'type')
          exports.push(...this.passedOn(statement.source.value, getLine(statement)));
        return;
      case 'TSExportAssignment': {
        const { expression } = statement;
        exports.push(this.toExport('default', statement, () => this.scope.reader.read(expression)));
        return;
      }
      case 'TSImportEqualsDeclaration':
        if (!statement.isExport || statement.importKind === 'type') return;
        exports.push(this.toExport(statement.id.name, statement, () => this.scope.readAlias(statement)));
        return;
      case 'ExpressionStatement': {
        const targets = { scope: this.scope, exported: this.exportedNames };
        const made = readExportingStatement(statement.expression, targets);
        exports.push(...made);
        if (made.length === 0) this.refuseChanges(statement);
        return;
      }
      default:
        this.refuseHiddenExports(statement);
    }
  }

  private toExport(name: string, node: Parameters<typeof getLine>[0], value: () => StaticValue): NamedMember {
    return { name, ...this.scope.toPlace(node), value };
  }

  private readNamed(statement: StatementOf<'ExportNamedDeclaration'>, exports: NamedMember[]): void {
    if (statement.exportKind === 'type') return;
    const source = statement.source?.value ?? null;
    for (const [name, member] of this.scope.exportedBy(statement)) exports.push({ name, ...member });
    for (const specifier of statement.specifiers) {
      const line = getLine(specifier);
      if (specifier.type === 'ExportNamespaceSpecifier') {
        // The members keep their own names: `* as X` only says where to find them.
        exports.push(...this.passedOn(source ?? '', line));
      } else if (specifier.type === 'ExportSpecifier' && specifier.exportKind !== 'type') {
        const { local } = specifier as { local: { type: string } };
        const name = readName(specifier.exported);
        if (source !== null)
          exports.push(...this.passedOn(source, line, { name, imported: readName(local) }));
        else this.readSpecifier(readName(local), name, line, exports);
      }
    }
  }

  private readSpecifier(local: string, name: string, line: number, exports: NamedMember[]): void {
    const member = this.scope.find(local);
    // The place of the text, not the place where it is named again.
    if (member !== undefined) exports.push({ name, ...member });
    else if (!this.scope.types.has(local))
      this.complain(line, `${name} cannot be read: it is not a constant in this file`);
  }

  private readDefault(statement: StatementOf<'ExportDefaultDeclaration'>, exports: NamedMember[]): void {
    const { declaration } = statement;
    if (/Function|Interface/.test(declaration.type)) return;
    const declared = this.scope.valueOf(declaration as Statement);
    const value = declared ?? (() => this.scope.reader.read(declaration as Expression));
    exports.push(this.toExport('default', declaration, value));
  }

  /** Reads re-exports of another file: all of it, or one export under a new name. */
  private passedOn(
    specifier: string,
    line: number,
    one?: { readonly name: string; readonly imported: string },
  ): readonly NamedMember[] {
    const module = this.open(specifier);
    if (!(module instanceof CodeModule)) {
      if (module === null) {
        this.complain(
          line,
          `Exports of "${specifier}" are not followed: only files of the code base are read`,
        );
      }
      return [];
    }
    if (one === undefined) {
      const passed = module.exports.filter(({ name }) => name !== 'default');
      this.problems.push(...module.problems);
      return passed;
    }
    const found = module.find(one.imported);
    if (found !== undefined) return [{ ...found, name: one.name }];
    if (!module.isType(one.imported)) {
      this.complain(line, `${one.name} cannot be read: ${one.imported} is not an export of "${specifier}"`);
    }
    return [];
  }

  /** Refuses exports that are assigned in a condition, a loop or a block. */
  private refuseHiddenExports(statement: Statement): void {
    if (!/^(?:Block|If|For|ForIn|ForOf|While|DoWhile|Try|Switch|Labeled)Statement$/.test(statement.type))
      return;
    const names = this.exportedNames;
    const isExport = (node: { readonly type: string }) => {
      const { left, right, callee, arguments: args } = node as Record<string, unknown>;
      const target =
        node.type === 'AssignmentExpression' ? left : node.type === 'CallExpression' ? callee : null;
      if (target == null) return false;
      const root = findRoot(target as Expression);
      const isOurs = root === 'exports' || root === 'module' || (names.has(root) && target !== root);
      return isOurs && mayHoldText(right ?? args);
    };
    if (findNode(statement, isExport)) {
      this.complain(
        getLine(statement),
        'What is exported here cannot be read: it is only known when the code runs',
      );
    }
  }

  /** Finds changes to exports other than plain assignments and calls, such as `delete PROMPTS.A`. */
  private refuseChanges(statement: Statement): void {
    for (const [name, change] of findChanges([statement], this.statements)) {
      const { line } = change;
      if (!this.exportedNames.has(name)) continue;
      if (change.holdsText || mayHoldText(statement) || this.holdsText(name)) {
        this.complain(
          line,
          `${name} cannot be read: it is changed when the code runs: write it where it is made`,
        );
      }
    }
  }

  private holdsText(name: string): boolean {
    try {
      return holdsText(this.scope.find(name)?.value() ?? OTHER);
    } catch (error) {
      // The export reports it.
      if (error instanceof UnreadableError) return false;
      throw error;
    }
  }

  private complain(line: number, message: string): void {
    this.problems.push({ file: this.file, line, message });
  }
}

/** The first name of `a.b['c']`. */
function findRoot(expression: Expression): string {
  let current = expression;
  while (current.type === 'MemberExpression') current = current.object;
  return toDottedPath(current);
}

/** Names in a file that are exported under any name. */
function listExportedNames(statements: readonly Statement[], scope: Scope): Set<string> {
  const names = new Set<string>();
  for (const statement of statements) {
    if (statement.type === 'ExportNamedDeclaration' && statement.source == null) {
      scope.exportedBy(statement).forEach(([name]) => names.add(name));
      for (const specifier of statement.specifiers) {
        if (specifier.type === 'ExportSpecifier') names.add(readName(specifier.local));
      }
    }
    if (statement.type === 'ExportDefaultDeclaration') addName(statement.declaration as Expression, names);
    if (statement.type === 'TSExportAssignment') addName(statement.expression, names);
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression')
      continue;
    const { left, right } = statement.expression;
    if (/^(?:module\.)?exports(?:\.|$)/.test(toDottedPath(left as Expression))) addName(right, names);
  }
  return names;
}

function addName(expression: Expression, names: Set<string>): void {
  if (expression.type === 'Identifier') names.add(expression.name);
  if (expression.type !== 'ObjectExpression') return;
  for (const property of expression.properties) {
    if (property.type === 'ObjectProperty') addName(property.value as Expression, names);
  }
}
