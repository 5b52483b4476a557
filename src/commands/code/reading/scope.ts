import type { Change } from './changes/change-search.js';
import { findChanges } from './changes/find-changes.js';
import { ModuleFunctions } from './changes/module-functions.js';
import { readClass } from './class-members.js';
import type { CodePlace } from '../code-prompt.js';
import { readEnum } from './enum-members.js';
import type { ScopeContext } from './imported-module.js';
import { type Names, StaticReader } from './static-reader.js';
import {
  guarded,
  merged,
  OTHER,
  type StaticMember,
  type StaticValue,
  UnreadableError,
} from './static-values.js';
import {
  type Expression,
  type ExpressionOf,
  isIgnored,
  getLine,
  readName,
  type NamespaceNode,
  type Statement,
  type StatementOf,
  type VariableDeclarator,
} from './syntax.js';

const OTHER_DECLARATIONS = new Set<string>(['FunctionDeclaration', 'TSDeclareFunction']);
const TYPES = new Set<string>(['TSInterfaceDeclaration', 'TSTypeAliasDeclaration']);

/** The names of a file, or of a namespace in one. */
export class Scope implements Names {
  readonly file: string;
  readonly reader: StaticReader;
  /** Names of types, which do not exist at run time. */
  readonly types = new Set<string>();
  readonly functions: ModuleFunctions;
  private readonly found = new Map<string, StaticMember>();
  private knownChanges: Map<string, Change> | null = null;

  constructor(
    private readonly context: ScopeContext,
    private readonly statements: readonly Statement[],
    private readonly outer: Scope | null = null,
  ) {
    const { file, open } = context;
    this.file = file;
    this.reader = new StaticReader(this);
    this.functions = new ModuleFunctions(
      file,
      statements,
      (specifier) => open(specifier)?.functions ?? null,
      outer?.functions,
    );
    for (const statement of statements) this.declare(findDeclaration(statement));
  }

  find(name: string): StaticMember | undefined {
    return this.found.get(name) ?? this.outer?.find(name);
  }

  /** The search waits until it is needed, because it follows calls into modules that may be opened while they import this one. */
  private get changes(): Map<string, Change> {
    this.knownChanges ??= findChanges(this.statements, this.functions);
    return this.knownChanges;
  }

  findChange(name: string, use: ExpressionOf<'Identifier'>): CodePlace | null {
    if (!this.found.has(name)) return this.outer?.findChange(name, use) ?? null;
    if (this.context.exporting?.has(use) === true) return null;
    return this.changes.get(name) ?? null;
  }

  open(specifier: string): StaticValue | undefined {
    return this.context.open(specifier)?.all();
  }

  /** Reads the value of a declaration; null when it declares nothing that could hold text. */
  valueOf(statement: Statement): (() => StaticValue) | null {
    if ((statement as { declare?: boolean | null }).declare === true) return null;
    switch (statement.type) {
      case 'TSEnumDeclaration':
        return () =>
          readEnum(statement, {
            placeOf: (node) => this.toPlace(node),
            read: (expression, named) => new StaticReader(withNames(this, named)).read(expression),
          });
      case 'ClassDeclaration':
        return () =>
          readClass(statement, {
            placeOf: (node) => this.toPlace(node),
            read: (expression, self) => new StaticReader(this, self).read(expression),
          });
      case 'TSModuleDeclaration':
        return () => this.readNamespace(statement);
      default:
        return null;
    }
  }

  /** Lists each name that a variable declaration binds, with its value; null for a pattern that is too complex. */
  listVariables({ id, init }: VariableDeclarator, kind: string): [string, StaticMember][] | null {
    if (id.type === 'Identifier') {
      const place = this.toPlace(id);
      return [[id.name, { ...place, value: () => this.readVariable(init ?? null, kind, place) }]];
    }
    if (id.type !== 'ObjectPattern' || init == null || kind !== 'const') return null;
    const variables: [string, StaticMember][] = [];
    for (const property of id.properties) {
      if (property.type !== 'ObjectProperty' || property.computed || property.value.type !== 'Identifier')
        return null;
      const key = readName(property.key);
      const value = () => this.readMember(init, key, getLine(property));
      variables.push([property.value.name, { ...this.toPlace(property), value }]);
    }
    return variables;
  }

  toPlace(node: Parameters<typeof getLine>[0]): CodePlace {
    return { file: this.file, line: getLine(node) };
  }

  private readVariable(init: Expression | null, kind: string, place: CodePlace): StaticValue {
    if (kind === 'const') return init === null ? OTHER : this.reader.read(init);
    // A variable that starts as a number never becomes a text: the compiler would reject the assignment.
    if (init !== null && /^(?:Numeric|Boolean|BigInt|RegExp)Literal$|Function/.test(init.type)) return OTHER;
    throw new UnreadableError(place, 'it may change, make it a const');
  }

  private readMember(init: Expression, key: string, line: number): StaticValue {
    const owner = this.reader.read(init);
    const member = owner.kind === 'object' ? owner.members.get(key) : undefined;
    if (member !== undefined) return member.value();
    throw new UnreadableError({ file: this.file, line }, `${key} is not a member of an object in this file`);
  }

  private declare(statement: Statement | null): void {
    if (statement === null) return;
    if (TYPES.has(statement.type)) this.types.add((statement as { id: { name: string } }).id.name);
    if (statement.type === 'VariableDeclaration') {
      if (statement.declare === true) return;
      for (const declarator of statement.declarations) {
        this.listVariables(declarator, statement.kind)?.forEach(([name, member]) => this.add(name, member));
      }
      return;
    }
    if (statement.type === 'ImportDeclaration') return this.declareImports(statement);
    if (statement.type === 'TSImportEqualsDeclaration') {
      const { id, importKind } = statement;
      if (importKind === 'type') this.types.add(id.name);
      else this.add(id.name, { ...this.toPlace(statement), value: () => this.readAlias(statement) });
      return;
    }
    const { id } = statement as { id?: { type: string; name?: string } | null };
    if (id == null) return;
    const isOther = OTHER_DECLARATIONS.has(statement.type);
    const value = isOther ? () => OTHER : this.valueOf(statement);
    const isAmbient = value === null && (statement as { declare?: boolean }).declare === true;
    if (value !== null) this.add(readName(id), { ...this.toPlace(statement), value });
    else if (isAmbient) this.types.add(readName(id));
  }

  /** Enums, namespaces and classes of the same name are one object. */
  private add(name: string, member: StaticMember): void {
    const before = this.found.get(name);
    const value = before === undefined ? member.value : () => merged(before.value(), member.value());
    this.found.set(name, guarded(name, { ...(before ?? member), value }));
  }

  private declareImports({ specifiers, source, importKind }: StatementOf<'ImportDeclaration'>): void {
    for (const specifier of specifiers) {
      const { local } = specifier;
      if (
        importKind === 'type' ||
        (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type')
      ) {
        this.types.add(local.name);
        continue;
      }
      const place = this.toPlace(specifier);
      const imported =
        specifier.type === 'ImportSpecifier'
          ? readName(specifier.imported)
          : specifier.type === 'ImportDefaultSpecifier'
            ? 'default'
            : null;
      this.add(local.name, {
        ...place,
        value: () => this.readImport(source.value, imported, local.name, place),
      });
    }
  }

  private readImport(
    specifier: string,
    imported: string | null,
    local: string,
    place: CodePlace,
  ): StaticValue {
    const module = this.context.open(specifier);
    if (module !== null && imported === null) return module.all();
    const member = imported === null ? undefined : module?.find(imported);
    if (member !== undefined) return member.value();
    throw new UnreadableError(place, `${local} comes from "${specifier}", where it cannot be read`);
  }

  /** Reads `import A = B.C` and `import A = require('…')`. */
  readAlias({ moduleReference, loc }: StatementOf<'TSImportEqualsDeclaration'>): StaticValue {
    const place = this.toPlace({ loc });
    if (moduleReference.type === 'TSExternalModuleReference') {
      const { value: specifier } = moduleReference.expression;
      const module = this.context.open(specifier);
      if (module !== null) return module.find('default')?.value() ?? module.all();
      throw new UnreadableError(place, `it comes from "${specifier}", which cannot be read`);
    }
    const parts: string[] = [];
    let reference: typeof moduleReference = moduleReference;
    while (reference.type === 'TSQualifiedName') {
      parts.unshift(reference.right.name);
      reference = reference.left;
    }
    const root = reference.type === 'Identifier' ? this.find(reference.name) : undefined;
    let value = root?.value() ?? OTHER;
    for (const part of parts) {
      const member = value.kind === 'object' ? value.members.get(part) : undefined;
      if (member === undefined)
        throw new UnreadableError(place, `${part} is not a member of an object in this file`);
      value = member.value();
    }
    return value;
  }

  private readNamespace({ body, loc }: NamespaceNode): StaticValue {
    const members = new Map<string, StaticMember>();
    const inner = body as { readonly type: string };
    if (inner.type === 'TSModuleDeclaration') {
      const nested = inner as NamespaceNode;
      members.set(readName(nested.id), { ...this.toPlace({ loc }), value: () => this.readNamespace(nested) });
      return { kind: 'object', members };
    }
    const statements = (body as { readonly body: readonly Statement[] }).body;
    const scope = new Scope(this.context, statements, this);
    for (const statement of statements) {
      if (statement.type !== 'ExportNamedDeclaration' || isIgnored(statement)) continue;
      for (const [name, member] of scope.exportedBy(statement)) members.set(name, member);
    }
    return { kind: 'object', members };
  }

  /** Reads the members of an exported declaration, by name. */
  exportedBy({ declaration }: StatementOf<'ExportNamedDeclaration'>): [string, StaticMember][] {
    if (declaration == null) return [];
    if (declaration.type === 'VariableDeclaration') {
      if (declaration.declare === true) return [];
      return declaration.declarations.flatMap((each) => this.exportedVariables(each, declaration.kind));
    }
    const value = this.valueOf(declaration);
    const { id } = declaration as { id?: { type: string; name?: string } | null };
    if (value === null || id == null) return [];
    return [[readName(id), { ...this.toPlace(declaration), value }]];
  }

  private exportedVariables(declarator: VariableDeclarator, kind: string): [string, StaticMember][] {
    const variables = this.listVariables(declarator, kind);
    if (variables !== null) return variables;
    const place = this.toPlace(declarator);
    const value = () => {
      throw new UnreadableError(place, 'give each prompt its own constant');
    };
    return [['This destructuring', { ...place, value }]];
  }
}

/** Returns the declaration of a statement, exported or not. */
function findDeclaration(statement: Statement): Statement | null {
  const isExport =
    statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration';
  return isExport ? ((statement.declaration ?? null) as Statement | null) : statement;
}

function withNames(names: Names, named: ReadonlyMap<string, StaticMember>): Names {
  return {
    file: names.file,
    find: (name) => named.get(name) ?? names.find(name),
    findChange: (name, use) => (named.has(name) ? null : names.findChange(name, use)),
    open: (specifier) => names.open(specifier),
  };
}
