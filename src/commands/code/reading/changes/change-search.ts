import type { CodePlace } from '../../code-prompt.js';
import { mayHoldText } from '../may-hold-text.js';
import { getLine } from '../syntax.js';
import {
  findRoot,
  isMember,
  isNode,
  listParts,
  readKeyOf,
  readPath,
  type SyntaxNode,
  toDottedPath,
  unwrap,
} from '../syntax-node.js';
import { type Bound, findGiven, findRest, mergeBound, rebind } from './bound.js';
import { declarePattern, withDeclared } from './inner-names.js';
import type { KnownFunction, ModuleFunctions } from './module-functions.js';
import {
  findGivenOrigins,
  findItemOrigins,
  findOrigins,
  type InnerNames,
  type Origin,
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
  /** How many members below the object it is made. A change deeper than 0 counts only if it involves text. */
  readonly depth: number;
}

/** What a call of a function does. */
interface Effect {
  readonly changes: ReadonlyMap<string, readonly NamedChange[]>;
  /** What it gives to functions that it is given, by their position. */
  readonly callbacks: ReadonlyMap<number, Bound>;
}

const NO_EFFECT: Effect = { changes: new Map(), callbacks: new Map() };
const NONE: ReadonlySet<number> = new Set();
/** The deepest depth that is told apart: deeper changes are counted as if they were made there. */
export const MAX_DEPTH = 3;
/** Each function is searched once, however many calls lead to it. */
const effects = new WeakMap<SyntaxNode, Effect>();

/** Searches statements for changes, and the functions that they call. */
export class ChangeSearch {
  readonly changes = new Map<string, NamedChange[]>();
  readonly callbacks = new Map<number, Bound>();

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
    const followed = this.followCallee(call, callee, names);
    const given = findCallbackOrigins(callee, args, names);
    for (const [at, arg] of args.entries()) {
      if (!followed.has(at)) this.followFunction(call, arg, { given, self: [] }, names);
    }
  }

  /** @returns the positions of the arguments that it calls in turn. */
  private followCallee(call: SyntaxNode, callee: SyntaxNode, names: InnerNames): ReadonlySet<number> {
    const args = call['arguments'] as readonly unknown[];
    const given = args.map((each) => findGivenOrigins(each, names));
    if (!isMember(callee)) return this.followFunction(call, callee, { given, self: [], args }, names);
    const { object } = callee;
    const [self = [], ...rest] = given;
    const method = readKeyOf(callee);
    if (method === 'call' || method === 'bind') {
      this.followFunction(call, object, { given: rest, self, args: args.slice(1) }, names);
    } else if (method === 'apply') {
      const items = findItemOrigins(args[1], names);
      this.followFunction(call, object, { given: [], rest: items, self }, names);
    }
    return this.followFunction(call, callee, { given, self: findOrigins(object, names), args }, names);
  }

  private followTag(template: SyntaxNode, names: InnerNames): void {
    const { tag, quasi } = template;
    const parts = isNode(quasi) ? (quasi['expressions'] as readonly unknown[]) : [];
    const given = [[], ...parts.map((each) => findOrigins(each, names))];
    this.followFunction(template, tag, { given, self: [] }, names);
  }

  /**
   * Searches a function as it is called.
   * @param call the call that runs it, or passes it to what runs it.
   * @returns the positions of the call's arguments that it calls in turn.
   */
  private followFunction(
    call: SyntaxNode,
    value: unknown,
    bound: Bound,
    names: InnerNames,
  ): ReadonlySet<number> {
    const called = unwrap(value);
    if (!isNode(called)) return NONE;
    if (IN_PLACE.test(called.type)) {
      this.visitBody(called, bound, names);
      return NONE;
    }
    const root = findRoot(called);
    const inner = isNode(root) && root.type === 'Identifier' ? names.get(String(root['name'])) : undefined;
    if (inner !== undefined) {
      if (root === called) this.noteCallback(inner, bound);
      return NONE;
    }
    const known = this.functions.findCalled(called);
    if (known === null) return NONE;
    const { callbacks } = findEffect(known);
    const toOrigins = (name: string) => this.findBound(name, bound, known);
    this.applyEffect(findEffect(known), call, toOrigins);
    for (const [at, given] of callbacks) {
      this.followFunction(call, bound.args?.[at], rebind(given, toOrigins), names);
    }
    return new Set(callbacks.keys());
  }

  /** Notes that this function calls one of its parameters. */
  private noteCallback(origins: readonly Origin[], bound: Bound): void {
    for (const { name, depth } of origins) {
      const [, at, rest] = PARAMETER.exec(name) ?? [];
      if (at === undefined || rest !== '' || depth !== 0) continue;
      const known = this.callbacks.get(Number(at));
      this.callbacks.set(Number(at), known === undefined ? bound : mergeBound(known, bound));
    }
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

  private applyEffect(
    { changes }: Effect,
    call: SyntaxNode,
    toOrigins: (name: string) => readonly Origin[],
  ): void {
    const isTextual = mayHoldText(call['arguments'] ?? call['quasi']);
    for (const [name, changesOfName] of changes) {
      for (const origin of toOrigins(name)) {
        for (const change of changesOfName) {
          this.note(origin, { ...change, holdsText: change.holdsText || isTextual });
        }
      }
    }
  }

  /** Lists what a name within a function stands for where the function is called. */
  private findBound(name: string, bound: Bound, known: KnownFunction): readonly Origin[] {
    if (name === THIS) return bound.self;
    const [, at, rest] = PARAMETER.exec(name) ?? [];
    if (at !== undefined) return rest === '' ? findGiven(bound, Number(at)) : findRest(bound, Number(at));
    const isOwn = this.functions.isWithin(known.functions);
    const here = isOwn ? [name] : this.functions.listImported(name, known.functions);
    return here.map(toOrigin);
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
    const path = toDottedPath(callee);
    if (CHANGING_CALLS.test(path)) this.add((call['arguments'] as unknown[])[0], call, names);
    else if (CHANGING.test(method)) this.add(object, call, names);
  }

  /** @param owner whose member is set, or whose items are. */
  private add(owner: unknown, change: SyntaxNode, names: InnerNames): void {
    const [root = '', member] = readPath(owner) ?? [];
    // What a prototype holds belongs to instances.
    if (member === 'prototype' && !names.has(root) && this.functions.makesInstances(root)) return;
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

/** The name of a parameter within its function. */
const PARAMETER = /^#(\d+)(…?)$/;

/** Leaves out the type of `this`, which TypeScript writes as the first parameter. */
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
  const effect = { changes: search.changes, callbacks: search.callbacks };
  effects.set(node, effect);
  return effect;
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
