import { mayHoldText } from '../may-hold-text.js';
import { getLine, type Statement, TYPE_WRAPPERS } from '../syntax.js';

type SyntaxNode = Readonly<Record<string, unknown>> & { readonly type: string };
/** Names that an inner scope declares again. */
type Hidden = ReadonlySet<string>;

const MEMBER = /^(?:Optional)?MemberExpression$/;
const CALL = /^(?:(?:Optional)?Call|New)Expression$/;
/** Methods that change a list, a Map or a Set. */
const CHANGING = /^(?:push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear)$/;
const CHANGING_CALLS =
  /^(?:Object\.(?:assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(?:set|deleteProperty|defineProperty))$/;
/** Bodies that run when they are called, which is assumed to be after the module has loaded. */
const LATER =
  /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod|ClassPrivateMethod)$/;
const IN_PLACE = /^(?:FunctionExpression|ArrowFunctionExpression)$/;
const NO_VALUES = new Set(['typeAnnotation', 'typeParameters', 'typeArguments', 'returnType', 'loc']);

export interface Change {
  readonly line: number;
  /** Whether there is a text in what changes it: the statement of the change, or the function of the module that makes it. */
  readonly holdsText: boolean;
}

/**
 * Finds the names whose object, list or Map is changed after its creation while the module loads, with the first change.
 * Functions count if they are called in place or passed to a call, and the module's own functions if they are called or passed by name. A
 * change through an alias (`const other = it`) or a parameter counts, too.
 * @param module all statements of the module, whose functions these may call.
 */
export function findChanges(
  statements: readonly Statement[],
  module: readonly Statement[] = statements,
): Map<string, Change> {
  const search = new ChangeSearch(listFunctions(module));
  for (const statement of statements) search.visit(statement, new Set());
  for (const [alias, original] of listAliases(statements)) {
    for (const [from, to] of [
      [alias, original],
      [original, alias],
    ] as const) {
      const change = search.changes.get(from);
      if (change !== undefined && !search.changes.has(to)) search.changes.set(to, change);
    }
  }
  return search.changes;
}

/** The changes that a call of a function makes. */
interface Effect {
  /** By the name in the module. */
  readonly names: ReadonlyMap<string, Change>;
  /** By the position of the parameter. */
  readonly parameters: ReadonlyMap<number, Change>;
}

const NO_EFFECT: Effect = { names: new Map(), parameters: new Map() };

class ChangeSearch {
  readonly changes = new Map<string, Change>();

  /**
   * @param functions those of the module, by name.
   * @param effects the known ones. Each function is searched once, however many calls lead to it.
   * @param inside the function of the module whose body is searched; null for the module itself.
   */
  constructor(
    private readonly functions: ReadonlyMap<string, SyntaxNode>,
    private readonly effects: Map<SyntaxNode, Effect> = new Map(),
    private readonly inside: SyntaxNode | null = null,
  ) {}

  visit(node: unknown, hidden: Hidden): void {
    if (Array.isArray(node)) return node.forEach((each) => this.visit(each, hidden));
    if (!isNode(node) || LATER.test(node.type)) return;
    this.readChange(node, hidden);
    const inner = withDeclared(node, hidden);
    if (CALL.test(node.type)) this.visitCalled(node, inner);
    for (const [key, part] of Object.entries(node)) {
      if (typeof part === 'object' && !NO_VALUES.has(key)) this.visit(part, inner);
    }
  }

  private visitCalled({ callee, arguments: args }: SyntaxNode, hidden: Hidden): void {
    for (const each of [callee, ...(args as unknown[])].map(unwrap)) {
      if (!isNode(each)) continue;
      if (IN_PLACE.test(each.type)) this.visitBody(each, hidden);
      else this.visitNamed(each, each === unwrap(callee) ? (args as unknown[]) : [], hidden);
    }
  }

  private visitBody(called: SyntaxNode, hidden: Hidden): void {
    const inner = new Set(hidden);
    addPatternNames(called['params'], inner);
    this.visit(called['body'], inner);
  }

  /** Follows a function of the module, whose parameters stand for what it is called with. */
  private visitNamed({ type, name }: SyntaxNode, args: readonly unknown[], hidden: Hidden): void {
    const called = type === 'Identifier' && !hidden.has(String(name)) && this.functions.get(String(name));
    if (!called) return;
    const { names, parameters } = this.findEffect(called);
    names.forEach((change, changed) => this.note(changed, change));
    parameters.forEach((change, at) => {
      const given = unwrap(args[at]);
      if (!isNode(given) || given.type !== 'Identifier') return;
      const changed = String(given['name']);
      if (!hidden.has(changed)) this.note(changed, change);
    });
  }

  private findEffect(called: SyntaxNode): Effect {
    const known = this.effects.get(called);
    if (known !== undefined) return known;
    // A function that calls itself adds nothing by that.
    this.effects.set(called, NO_EFFECT);
    const outside = new ChangeSearch(this.functions, this.effects, called);
    outside.visitBody(called, new Set());
    const withParameters = new ChangeSearch(this.functions, this.effects, called);
    withParameters.visit(called['body'], new Set());
    const parameters = new Map<number, Change>();
    (called['params'] as unknown[]).forEach((parameter, at) => {
      const names = new Set<string>();
      addPatternNames([parameter], names);
      for (const name of names) {
        const change = withParameters.changes.get(name);
        if (change !== undefined) parameters.set(at, change);
      }
    });
    const effect = { names: outside.changes, parameters };
    this.effects.set(called, effect);
    return effect;
  }

  private note(name: string, change: Change): void {
    if (!this.changes.has(name)) this.changes.set(name, change);
  }

  private readChange(node: SyntaxNode, hidden: Hidden): void {
    const { type, left, argument, operator } = node;
    if (type === 'AssignmentExpression') this.readTarget(left, node, hidden);
    else if (type === 'UpdateExpression') this.readTarget(argument, node, hidden);
    else if (type === 'UnaryExpression' && operator === 'delete') this.readTarget(argument, node, hidden);
    else if (type === 'ForOfStatement' || type === 'ForInStatement') this.readTarget(left, node, hidden);
    else if (CALL.test(type)) this.readCall(node, hidden);
  }

  private readTarget(target: unknown, change: SyntaxNode, hidden: Hidden): void {
    const node = unwrap(target);
    if (!isNode(node)) return;
    if (MEMBER.test(node.type)) return this.add(node, 1, change, hidden);
    const { properties, elements, left, value, argument } = node;
    if (node.type === 'ObjectPattern' || node.type === 'ArrayPattern') {
      for (const each of (properties ?? elements) as unknown[]) this.readTarget(each, change, hidden);
    } else if (/^(?:AssignmentPattern|ObjectProperty|RestElement)$/.test(node.type)) {
      this.readTarget(left ?? value ?? argument, change, hidden);
    }
  }

  private readCall(call: SyntaxNode, hidden: Hidden): void {
    const callee = unwrap(call['callee']);
    if (!isNode(callee) || !MEMBER.test(callee.type)) return;
    const { object, property } = callee;
    const method = isNode(property) ? String(property['name'] ?? property['value']) : '';
    const owner = unwrap(object);
    const path = isNode(owner) && owner.type === 'Identifier' ? `${String(owner['name'])}.${method}` : '';
    if (CHANGING_CALLS.test(path)) this.add((call['arguments'] as unknown[])[0], 0, call, hidden);
    else if (CHANGING.test(method)) this.add(object, 0, call, hidden);
  }

  /** @param depth how many members below the name every change counts. Deeper changes count only if they involve text. */
  private add(target: unknown, depth: number, change: SyntaxNode, hidden: Hidden): void {
    let node = unwrap(target);
    let members = 0;
    while (isNode(node) && MEMBER.test(node.type)) {
      members += 1;
      node = unwrap(node['object']);
    }
    if (!isNode(node) || node.type !== 'Identifier') return;
    const name = String(node['name']);
    if (hidden.has(name) || this.changes.has(name)) return;
    const isTextual = mayHoldText(this.inside ?? change);
    if (members > depth && !isTextual) return;
    this.changes.set(name, { line: getLine(change as never), holdsText: isTextual });
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof (value as { type?: unknown } | null)?.type === 'string';
}

function unwrap(value: unknown): unknown {
  let node = value;
  while (isNode(node) && TYPE_WRAPPERS.has(node.type)) node = node['expression'];
  return node;
}

/** Adds the names that a block, a loop, a namespace or a `catch` declares. */
function withDeclared(node: SyntaxNode, hidden: Hidden): Hidden {
  const { type, body, init, left, param } = node;
  const inner = new Set(hidden);
  if (type === 'BlockStatement' || type === 'TSModuleBlock') addDeclaredNames(body, inner);
  else if (type === 'ForStatement') addDeclaredNames([init], inner);
  else if (type === 'ForOfStatement' || type === 'ForInStatement') addDeclaredNames([left], inner);
  else if (type === 'CatchClause') addPatternNames([param], inner);
  return inner.size === hidden.size ? hidden : inner;
}

function addDeclaredNames(statements: unknown, names: Set<string>): void {
  for (const each of statements as unknown[]) {
    const declared = isNode(each) && isNode(each['declaration']) ? each['declaration'] : each;
    if (!isNode(declared)) continue;
    const { type, declarations, id } = declared;
    if (type === 'VariableDeclaration') {
      addPatternNames(
        (declarations as SyntaxNode[]).map((declarator) => declarator['id']),
        names,
      );
    } else if (type.endsWith('Declaration')) addPatternNames([id], names);
  }
}

function addPatternNames(patterns: unknown, names: Set<string>): void {
  for (const pattern of patterns as unknown[]) {
    if (!isNode(pattern)) continue;
    const { type, name, left, value, argument, properties, elements, parameter } = pattern;
    if (type === 'Identifier') names.add(String(name));
    else addPatternNames([left, value, argument, parameter], names);
    if (type === 'ObjectPattern' || type === 'ArrayPattern') addPatternNames(properties ?? elements, names);
  }
}

/** Lists the functions that a module declares at its top level, by name. */
function listFunctions(module: readonly Statement[]): Map<string, SyntaxNode> {
  const functions = new Map<string, SyntaxNode>();
  for (const statement of module) {
    const { declaration } = statement as { declaration?: unknown };
    const declared = isNode(declaration) ? declaration : (statement as unknown as SyntaxNode);
    if (declared.type === 'FunctionDeclaration') addFunction(declared['id'], declared, functions);
    if (declared.type !== 'VariableDeclaration') continue;
    for (const { id, init } of declared['declarations'] as SyntaxNode[]) addFunction(id, init, functions);
  }
  return functions;
}

function addFunction(id: unknown, value: unknown, functions: Map<string, SyntaxNode>): void {
  const made = unwrap(value);
  if (!isNode(id) || id.type !== 'Identifier' || !isNode(made)) return;
  if (made.type === 'FunctionDeclaration' || IN_PLACE.test(made.type))
    functions.set(String(id['name']), made);
}

/** Lists each `const alias = original` of a file. Exported aliases are followed at their export. */
function listAliases(statements: readonly Statement[]): [string, string][] {
  return statements.flatMap((statement) => {
    if (statement.type !== 'VariableDeclaration') return [];
    return statement.declarations.flatMap(({ id, init }): [string, string][] => {
      const from = unwrap(init);
      if (id.type !== 'Identifier' || !isNode(from) || from.type !== 'Identifier') return [];
      return [[id.name, String(from['name'])]];
    });
  });
}
