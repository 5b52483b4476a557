import type { CodePlace, CodeProblem } from '../code-prompt.js';
import type { Change } from './changes/change-search.js';
import { findChanges } from './changes/find-changes.js';
import type { ModuleFunctions } from './changes/module-functions.js';
import { findNode, mayHoldText } from './may-hold-text.js';
import { readExportingStatement } from './exports/common-js.js';
import { type ExportedNames, listExportedNames } from './exports/exported-names.js';
import type { ImportedModule, OpenModule } from './imported-module.js';
import { Scope } from './scope.js';
import {
  holdsText,
  merged,
  type NamedMember,
  OTHER,
  type StaticMember,
  type StaticValue,
  UnreadableError,
  unreadableMember,
} from './static-values.js';
import {
  type Expression,
  isIgnored,
  getLine,
  readName,
  parseModule,
  refuseTooDeep,
  type Statement,
  type StatementOf,
} from './syntax.js';
import { findRoot, toDottedPath } from './syntax-node.js';

const CHANGED = 'is changed when the code runs: write it where it is made';

/** The exports of a module, read from its syntax. Nothing of it is run. */
export class CodeModule implements ImportedModule {
  readonly problems: CodeProblem[] = [];
  private readonly statements: readonly Statement[];
  private readonly scope: Scope;
  private readonly exportedNames: ExportedNames;
  /** The lines where exports are changed in a way that cannot be read, by the names that importers use. */
  private readonly changed = new Map<string, CodePlace>();
  private listed: NamedMember[] | null = null;

  /** @throws SyntaxError with `loc`, when it does not parse. */
  constructor(
    private readonly file: string,
    source: string,
    private readonly open: OpenModule,
  ) {
    this.statements = refuseTooDeep(() => parseModule(file, source));
    const exporting = new Set<unknown>();
    this.scope = refuseTooDeep(() => new Scope({ file, open, exporting }, this.statements));
    this.exportedNames = listExportedNames(this.statements, this.scope, exporting);
  }

  get functions(): ModuleFunctions {
    return this.scope.functions;
  }

  /** In source order. */
  get exports(): readonly NamedMember[] {
    if (this.listed !== null) return this.listed;
    // Files that re-export each other see the exports found so far.
    const listed: NamedMember[] = [];
    this.listed = listed;
    for (const statement of this.statements) {
      if (!isIgnored(statement)) refuseTooDeep(() => this.readStatement(statement, listed));
    }
    return listed;
  }

  /** Exports as importers may read them: what is changed while the module loads cannot be read. */
  private get importable(): readonly NamedMember[] {
    return this.exports.map((member) => {
      const change = this.changed.get(member.name);
      if (change === undefined) return member;
      return { name: member.name, ...unreadableMember(change, `${member.name} ${CHANGED}`) };
    });
  }

  find(name: string): StaticMember | undefined {
    const [found, ...added] = this.importable.filter((each) => each.name === name);
    if (found !== undefined && added.length > 0) {
      return {
        ...found,
        value: () => added.reduce((value, each) => merged(value, each.value()), found.value()),
      };
    }
    if (found !== undefined || name === 'default') return found;
    // The members of `module.exports = {…}` and of JSON can be imported by name.
    const all = this.importable.find((each) => each.name === 'default')?.value();
    return all?.kind === 'object' ? all.members.get(name) : undefined;
  }

  readonly all = (): StaticValue => {
    const members = new Map<string, StaticMember>();
    for (const { name, ...member } of this.importable) {
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
      const passed = module.importable.filter(({ name }) => name !== 'default');
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
      return this.refuseChanges(statement);
    const names = this.exportedNames;
    const isExport = (node: { readonly type: string }) => {
      const { left, right, callee, arguments: args } = node as Record<string, unknown>;
      const target =
        node.type === 'AssignmentExpression' ? left : node.type === 'CallExpression' ? callee : null;
      if (target == null) return false;
      const root = toDottedPath(findRoot(target));
      const isOurs = root === 'exports' || root === 'module' || (names.has(root) && target !== root);
      return isOurs && mayHoldText(right ?? args);
    };
    if (!findNode(statement, isExport)) return this.refuseChanges(statement);
    this.complain(
      getLine(statement),
      'What is exported here cannot be read: it is only known when the code runs',
    );
    for (const [name, change] of findChanges([statement], this.functions, this.statements))
      this.noteChange(name, change);
  }

  /** Finds changes to exports other than plain assignments and calls, such as `delete PROMPTS.A`. */
  private refuseChanges(statement: Statement): void {
    for (const [name, change] of findChanges([statement], this.functions, this.statements)) {
      if (!this.exportedNames.has(name)) continue;
      if (!change.holdsText && !mayHoldText(statement) && !this.holdsText(name)) continue;
      const line = change.file === this.file ? change.line : getLine(statement);
      this.complain(line, `${name} cannot be read: it ${CHANGED}`);
      this.noteChange(name, change);
    }
  }

  private noteChange(name: string, change: Change): void {
    for (const exported of this.exportedNames.get(name) ?? []) this.changed.set(exported, change);
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
