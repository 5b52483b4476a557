import type { CodePlace } from '../../code-prompt.js';
import { mayHoldText } from '../may-hold-text.js';
import { getLine } from '../syntax.js';
import { isMember, isNode, listParts, readKeyOf, readPath, type SyntaxNode, unwrap } from '../syntax-node.js';
import { declarePattern, withDeclared } from './inner-names.js';
import type { KnownFunction, ModuleFunctions } from './module-functions.js';
import {
  findGivenOrigins,
  findItemOrigins,
  findOrigins,
  type InnerNames,
  type Origin,
  shift,
  THIS,
  toOrigin,
} from './origins.js';

const CALL = /^(?:(?:Optional)?Call|New)Expression$/;
/** Methods that change a list, a Map or a Set. */
const CHANGING = /^(?:push|pop|shift|unshift|splice|sort|reverse|fill|copyWithin|set|add|delete|clear)$/;
const CHANGING_CALLS =
  /^(?:Object\.(?:assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(?:set|deleteProperty|defineProperty))$/;
/** Bodies that run when they are called, which is assumed to be after the module has loaded. */
const LATER =
  /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ObjectMethod|ClassMethod|ClassPrivateMethod)$/;
const IN_PLACE = /^(?:FunctionExpression|ArrowFunctionExpression)$/;

export interface Change extends CodePlace {
  /** Whether there is a text in what changes it: the statement of the change, or the function that makes it. */
  readonly holdsText: boolean;
}

/** A change of a named object. Within a function, `#0` stands for its first argument, `#0…` for all from there, and `this` for its object. */
export interface NamedChange extends Change {
  /** How many members below the object it is made. One below 0 counts only if it involves text. */
  readonly depth: number;
}

type Effect = ReadonlyMap<string, readonly NamedChange[]>;

const NO_EFFECT: Effect = new Map();
/** How deep changes are told apart. */
export const MAX_DEPTH = 3;
/** Each function is searched once, however many calls lead to it. */
const effects = new WeakMap<SyntaxNode, Effect>();

/** Searches statements for changes, and each function that they call. */
export class ChangeSearch {
  readonly changes = new Map<string, NamedChange[]>();

  /** @param inside the function whose body is searched; null for the module itself. */
  constructor(
    private readonly functions: ModuleFunctions,
    private readonly inside: SyntaxNode | null = null,
  ) {}

  visit(node: unknown, names: InnerNames): void {
    if (Array.isArray(node)) return node.forEach((each) => this.visit(each, names));
    if (!isNode(node) || LATER.test(node.type)) return;
    this.readChange(node, names);
    const inner = withDeclared(node, names);
    if (CALL.test(node.type)) this.visitCalled(node, inner);
    else if (node.type === 'TaggedTemplateExpression') this.followTag(node, inner);
    for (const part of listParts(node)) this.visit(part, inner);
  }

  private visitCalled(call: SyntaxNode, names: InnerNames): void {
    const callee = unwrap(call['callee']);
    if (!isNode(callee)) return;
    const args = call['arguments'] as readonly unknown[];
    this.followCallee(call, callee, names);
    const given = findCallbackOrigins(callee, args, names);
    for (const arg of args) this.followFunction(call, arg, { given, self: [] }, names);
  }

  private followCallee(call: SyntaxNode, callee: SyntaxNode, names: InnerNames): void {
    const args = call['arguments'] as readonly unknown[];
    const given = args.map((each) => findGivenOrigins(each, names));
    if (!isMember(callee)) return this.followFunction(call, callee, { given, self: [] }, names);
    const { object } = callee;
    this.followFunction(call, callee, { given, self: findOrigins(object, names) }, names);
    const [self = [], ...rest] = given;
    const method = readKeyOf(callee);
    if (method === 'call' || method === 'bind')
      this.followFunction(call, object, { given: rest, self }, names);
    if (method !== 'apply') return;
    const items = findItemOrigins(args[1], names);
    this.followFunction(call, object, { given: [], rest: items, self }, names);
  }

  private followTag(template: SyntaxNode, names: InnerNames): void {
    const { tag, quasi } = template;
    const parts = isNode(quasi) ? (quasi['expressions'] as readonly unknown[]) : [];
    const given = [[], ...parts.map((each) => findOrigins(each, names))];
    this.followFunction(template, tag, { given, self: [] }, names);
  }

  /** Searches a function as it is called. @param call the call that runs it, or passes it to what runs it. */
  private followFunction(call: SyntaxNode, value: unknown, bound: Bound, names: InnerNames): void {
    const called = unwrap(value);
    if (!isNode(called)) return;
    if (IN_PLACE.test(called.type)) return this.visitBody(called, bound, names);
    const root = findRoot(called);
    if (root.type === 'Identifier' && names.has(String(root['name']))) return;
    const known = this.functions.findCalled(called);
    if (known !== null) this.applyEffect(known, call, bound);
  }

  private visitBody(called: SyntaxNode, bound: Bound, names: InnerNames): void {
    const inner = new Map(names);
    if (called.type !== 'ArrowFunctionExpression') inner.set(THIS, bound.self);
    listParameters(called).forEach((parameter, at) => {
      const isRest = parameter.type === 'RestElement';
      declarePattern(parameter, isRest ? findRest(bound, at) : findGiven(bound, at), inner);
    });
    this.visit(called['body'], inner);
  }

  private applyEffect(known: KnownFunction, call: SyntaxNode, bound: Bound): void {
    const isOwn = this.functions.isWithin(known.functions);
    const isTextual = mayHoldText(call['arguments'] ?? call['quasi']);
    const toOrigins = (name: string): readonly Origin[] => {
      if (name === THIS) return bound.self;
      const [, at, rest] = PARAMETER.exec(name) ?? [];
      if (at !== undefined) return rest === '' ? findGiven(bound, Number(at)) : findRest(bound, Number(at));
      const changed = isOwn ? [name] : this.functions.listImported(name, known.functions);
      return changed.map(toOrigin);
    };
    for (const [name, changes] of findEffect(known)) {
      for (const origin of toOrigins(name)) {
        for (const change of changes) {
          this.note(origin, { ...change, holdsText: change.holdsText || isTextual });
        }
      }
    }
  }

  private note(origin: Origin, change: NamedChange): void {
    addChange(origin, change, this.changes);
  }

  private readChange(node: SyntaxNode, names: InnerNames): void {
    const { type, left, argument, operator } = node;
    if (type === 'AssignmentExpression') this.readTarget(left, node, names);
    else if (type === 'UpdateExpression') this.readTarget(argument, node, names);
    else if (type === 'UnaryExpression' && operator === 'delete') this.readTarget(argument, node, names);
    else if (type === 'ForOfStatement' || type === 'ForInStatement') this.readTarget(left, node, names);
    else if (CALL.test(type)) this.readCall(node, names);
  }

  private readTarget(target: unknown, change: SyntaxNode, names: InnerNames): void {
    const node = unwrap(target);
    if (!isNode(node)) return;
    if (isMember(node)) return this.add(node['object'], change, names);
    const { properties, elements, left, value, argument } = node;
    if (node.type === 'ObjectPattern' || node.type === 'ArrayPattern') {
      for (const each of (properties ?? elements) as unknown[]) this.readTarget(each, change, names);
    } else if (/^(?:AssignmentPattern|ObjectProperty|RestElement)$/.test(node.type)) {
      this.readTarget(left ?? value ?? argument, change, names);
    }
  }

  private readCall(call: SyntaxNode, names: InnerNames): void {
    const callee = unwrap(call['callee']);
    if (!isNode(callee) || !isMember(callee)) return;
    const { object, property } = callee;
    const method = isNode(property) ? String(property['name'] ?? property['value']) : '';
    const path = readPath(callee)?.join('.') ?? '';
    if (CHANGING_CALLS.test(path)) this.add((call['arguments'] as unknown[])[0], call, names);
    else if (CHANGING.test(method)) this.add(object, call, names);
  }

  /** @param owner whose member is set, or whose items are. */
  private add(owner: unknown, change: SyntaxNode, names: InnerNames): void {
    const holdsText = mayHoldText(this.inside ?? change);
    const made = { file: this.functions.file, line: getLine(change as never), holdsText, depth: 0 };
    for (const origin of findOrigins(owner, names)) this.note(origin, made);
  }
}

/** Adds a change of what has this origin. @returns whether it says something new */
export function addChange(origin: Origin, change: NamedChange, changes: Map<string, NamedChange[]>): boolean {
  if (change.depth < origin.below) return false;
  const depth = Math.min(origin.depth + change.depth, MAX_DEPTH);
  const known = changes.get(origin.name) ?? [];
  const isKnown = known.some((each) => each.depth === depth && (each.holdsText || !change.holdsText));
  if (isKnown) return false;
  changes.set(origin.name, [...known, { ...change, depth }]);
  return true;
}

/** What a call gives to a function. */
interface Bound {
  /** By the position of the argument. */
  readonly given: readonly (readonly Origin[])[];
  /** What each further argument may be. */
  readonly rest?: readonly Origin[];
  readonly self: readonly Origin[];
}

function findGiven({ given, rest = [] }: Bound, at: number): readonly Origin[] {
  return given[at] ?? rest;
}

/** Lists what a list of all arguments from a position on holds. */
function findRest({ given, rest = [] }: Bound, from: number): readonly Origin[] {
  return shift([...given.slice(from).flat(), ...rest], -1);
}

const PARAMETER = /^#(\d+)(…?)$/;

/** Without the type of `this`, which TypeScript writes as the first one. */
function listParameters({ params }: SyntaxNode): readonly SyntaxNode[] {
  return (params as SyntaxNode[]).filter(({ type, name }) => type !== 'Identifier' || name !== 'this');
}

function findEffect({ node, functions }: KnownFunction): Effect {
  const known = effects.get(node);
  if (known !== undefined) return known;
  // A function that calls itself adds nothing by that.
  effects.set(node, NO_EFFECT);
  const names = new Map<string, readonly Origin[]>();
  listParameters(node).forEach((parameter, at) => {
    const name = parameter.type === 'RestElement' ? `#${at}…` : `#${at}`;
    declarePattern(parameter, [toOrigin(name)], names);
  });
  const search = new ChangeSearch(functions, node);
  search.visit(node['body'], names);
  effects.set(node, search.changes);
  return search.changes;
}

/** Returns the expression that `a.b.c` begins with. */
function findRoot(expression: SyntaxNode): SyntaxNode {
  let node = expression;
  for (let next: unknown = node; isNode(next); next = isMember(node) ? unwrap(node['object']) : null)
    node = next;
  return node;
}

/** Lists what a method such as `forEach` gives to its callback: an item, nothing known, and the list. */
function findCallbackOrigins(
  callee: unknown,
  args: readonly unknown[],
  names: InnerNames,
): readonly (readonly Origin[])[] {
  if (!isNode(callee) || !isMember(callee)) return [];
  const { object, property } = callee;
  const items = findItemOrigins(object, names);
  const isReducing = isNode(property) && /^reduce(?:Right)?$/.test(String(property['name']));
  return isReducing ? [findOrigins(args[1], names), items] : [items, [], findOrigins(object, names)];
}
