import type { CodeProblem, CodePrompt, FileContents, PassedOnExports } from './code-prompt.js';
import { StaticReader, type StaticValue, UnreadableError } from './static-values.js';
import {
  type Expression,
  isIgnored,
  lineOf,
  parseModule,
  type Statement,
  type VariableDeclaration,
} from './syntax.js';

/**
 * The prompts of a module: its exported constants that are text (under the constant's name), and the keys of its
 * exported objects that are text (under the key). Read from the syntax; nothing is run. What might be a prompt and
 * cannot be read is a problem; what certainly is none (functions, numbers, types) is passed over.
 *
 * @param file as it shall be named
 */
export function readModulePrompts(file: string, source: string): FileContents {
  try {
    return new ModuleReader(file, parseModule(file, source)).read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { loc } = error as { loc?: { line: number } };
    const message = `it does not parse: ${error.message.replace(/ \(\d+:\d+\)$/, '')}`;
    return { prompts: [], problems: [{ file, line: loc?.line ?? 1, message }], passedOn: [] };
  }
}

/** An export under its name; an object's own name is not one of a prompt. */
interface Export {
  readonly name: string;
  readonly line: number;
  readonly expression: Expression;
}

type Declared = ReadonlyMap<string, Expression>;

class ModuleReader {
  private readonly prompts: CodePrompt[] = [];
  private readonly problems: CodeProblem[] = [];
  private readonly passedOn: PassedOnExports[] = [];
  private readonly declared: Declared;
  /** What is imported, and from where. */
  private readonly imported: ReadonlyMap<string, string>;
  private readonly reader: StaticReader;
  /** Functions, classes and enums: names that certainly stand for no text. */
  private readonly otherNames: ReadonlySet<string>;

  constructor(
    private readonly file: string,
    private readonly statements: readonly Statement[],
  ) {
    this.declared = constantsOf(statements);
    this.imported = importsOf(statements);
    this.otherNames = otherNamesOf(statements);
    this.reader = new StaticReader((name) => this.declared.get(name));
  }

  read(): FileContents {
    for (const statement of this.statements) {
      if (!isIgnored(statement)) this.readStatement(statement);
    }
    return { prompts: this.prompts, problems: this.problems, passedOn: this.passedOn };
  }

  private readStatement(statement: Statement): void {
    switch (statement.type) {
      case 'ExportNamedDeclaration':
        return this.readNamed(statement);
      case 'ExportDefaultDeclaration':
        return this.readDefault(statement);
      case 'ExportAllDeclaration':
        if (statement.exportKind !== 'type') this.passOn(statement.source.value, lineOf(statement));
        return;
      case 'TSExportAssignment':
        return this.readExport({ name: '', line: lineOf(statement), expression: statement.expression });
      case 'ExpressionStatement':
        return this.readCommonJs(statement.expression);
      default:
    }
  }

  private readNamed(statement: Extract<Statement, { type: 'ExportNamedDeclaration' }>): void {
    if (statement.exportKind === 'type') return;
    if (statement.source != null) return this.passOn(statement.source.value, lineOf(statement));
    const { declaration } = statement;
    if (declaration?.type === 'VariableDeclaration') this.readDeclaration(declaration);
    for (const specifier of statement.specifiers) {
      if (specifier.type !== 'ExportSpecifier' || specifier.exportKind === 'type') continue;
      const { exported, local } = specifier;
      const name = exported.type === 'Identifier' ? exported.name : exported.value;
      const expression = this.declared.get(local.name);
      const imported = this.imported.get(local.name);
      if (imported !== undefined) {
        this.passOn(imported, lineOf(specifier));
      } else if (expression !== undefined) {
        // Where the text stands, not where it is named once more.
        this.readExport({ name: name === 'default' ? '' : name, line: lineOf(expression), expression });
      } else if (!this.otherNames.has(local.name)) {
        this.complain(lineOf(specifier), `${name} cannot be read: it is no constant of this file`);
      }
    }
  }

  private readDeclaration(declaration: VariableDeclaration): void {
    if (declaration.declare === true) return;
    for (const { id, init, loc } of declaration.declarations) {
      const line = lineOf({ loc });
      if (id.type !== 'Identifier') {
        this.complain(
          line,
          'What is taken apart here cannot be read: give each prompt a constant of its own',
        );
      } else if (declaration.kind !== 'const') {
        this.complain(line, `${id.name} cannot be read: it may change, make it a const`);
      } else if (init != null) {
        this.readExport({ name: id.name, line, expression: init });
      }
    }
  }

  private readDefault(statement: Extract<Statement, { type: 'ExportDefaultDeclaration' }>): void {
    const { declaration } = statement;
    const others = ['FunctionDeclaration', 'ClassDeclaration', 'TSDeclareFunction', 'TSInterfaceDeclaration'];
    if (others.includes(declaration.type)) return;
    this.readExport({ name: '', line: lineOf(declaration), expression: declaration as Expression });
  }

  /** `module.exports = {…}`, `module.exports.X = …` and `exports.X = …`. */
  private readCommonJs(expression: Expression): void {
    if (expression.type !== 'AssignmentExpression' || expression.operator !== '=') return;
    const path = pathOf(expression.left as Expression);
    const name = /^(?:module\.)?exports(?:\.(\w+))?$/.exec(path);
    if (name === null || path === 'exports') return;
    this.readExport({ name: name[1] ?? '', line: lineOf(expression), expression: expression.right });
  }

  private readExport({ name, line, expression }: Export): void {
    this.attempt(name, line, () => {
      const value = this.reader.read(expression);
      if (value.kind === 'object') return this.readObject(value);
      if (value.kind !== 'text') return;
      if (name === '') this.complain(line, 'A default export is no prompt: export it under its name');
      else this.prompts.push({ name, template: value.text, file: this.file, line });
    });
  }

  private readObject({ members }: Extract<StaticValue, { kind: 'object' }>): void {
    for (const [key, { line, value }] of members) {
      this.attempt(key, line, () => {
        const member = value();
        if (member.kind === 'text')
          this.prompts.push({ name: key, template: member.text, file: this.file, line });
        if (member.kind !== 'object') return;
        this.complain(
          line,
          `${key} cannot be read: prompts in objects in objects have no name, export ${key} itself`,
        );
      });
    }
  }

  private attempt(name: string, line: number, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      const what = name === '' ? 'The export' : name;
      const where = error.line === line ? '' : ` (line ${error.line})`;
      this.complain(line, `${what} cannot be read: ${error.message}${where}`);
    }
  }

  private passOn(specifier: string, line: number): void {
    this.passedOn.push({ specifier, file: this.file, line });
  }

  private complain(line: number, message: string): void {
    this.problems.push({ file: this.file, line, message });
  }
}

/** Every `const` at the top of the file, exported or not. */
function constantsOf(statements: readonly Statement[]): Declared {
  const constants = new Map<string, Expression>();
  for (const statement of statements) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === 'Identifier' && init != null) constants.set(id.name, init);
    }
  }
  return constants;
}

function importsOf(statements: readonly Statement[]): Map<string, string> {
  const imports = statements.filter((statement) => statement.type === 'ImportDeclaration');
  return new Map(
    imports.flatMap(({ specifiers, source }) => specifiers.map(({ local }) => [local.name, source.value])),
  );
}

const OTHER_DECLARATIONS = [
  'FunctionDeclaration',
  'ClassDeclaration',
  'TSEnumDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
];

function otherNamesOf(statements: readonly Statement[]): Set<string> {
  const named = statements as readonly { type: string; id?: { name?: string } | null }[];
  const others = named.filter(({ type }) => OTHER_DECLARATIONS.includes(type));
  return new Set(others.flatMap(({ id }) => (id?.name === undefined ? [] : [id.name])));
}

/** `a.b.c` of a plain member expression; empty for anything else. */
function pathOf(expression: Expression): string {
  if (expression.type === 'Identifier') return expression.name;
  if (expression.type !== 'MemberExpression' || expression.computed) return '';
  if (expression.property.type !== 'Identifier') return '';
  return `${pathOf(expression.object)}.${expression.property.name}`;
}
