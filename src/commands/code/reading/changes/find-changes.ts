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

/**
 * Finds the names whose object, list or Map is changed after its creation while the module loads, with the line of the first change.
 * Functions count if they are called in place or passed to a call. A change through an alias (`const other = it`) counts, too.
 */
export function findChanges(statements: readonly Statement[]): Map<string, number> {
  const search = new ChangeSearch();
  for (const statement of statements) search.visit(statement, new Set());
  for (const [alias, original] of listAliases(statements)) {
    for (const [from, to] of [
      [alias, original],
      [original, alias],
    ] as const) {
      const line = search.changes.get(from);
      if (line !== undefined && !search.changes.has(to)) search.changes.set(to, line);
    }
  }
  return search.changes;
}

class ChangeSearch {
  readonly changes = new Map<string, number>();

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
      if (!isNode(each) || !IN_PLACE.test(each.type)) continue;
      const inner = new Set(hidden);
      addPatternNames(each['params'], inner);
      this.visit(each['body'], inner);
    }
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
    if (members <= depth || mayHoldText(change)) this.changes.set(name, getLine(change as never));
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
