import { readClass } from './class-members.js';
import type { CodePlace } from '../code-prompt.js';
import { mayHoldText } from './may-hold-text.js';
import { joinTexts, makeList, makeMap, mergeObjects, readTextMethod } from './static-calls.js';
import { holdsText, OTHER, type StaticMember, type StaticValue, UnreadableError } from './static-values.js';
import {
  type Expression,
  type ExpressionOf,
  isIgnored,
  getLine,
  type ObjectMember,
  TYPE_WRAPPERS,
} from './syntax.js';
import { toDottedPath } from './syntax-node.js';

/** The names that an expression can use. */
export interface Names {
  /** The file that places refer to. */
  readonly file: string;
  /** Looks a name up; undefined when the file does not define it. */
  find(name: string): StaticMember | undefined;
  /**
   * Returns the line where the named object or list is changed after its creation, while the module loads; null for none.
   * @param use the name where it is used. Exporting an object is no use of what it was before.
   */
  findChange(name: string, use: ExpressionOf<'Identifier'>): CodePlace | null;
  /** Reads a file for `require`; undefined when it cannot be read. */
  open(specifier: string): StaticValue | undefined;
}

const NEVER_TEXT = new Set<string>([
  'ArrowFunctionExpression',
  'BigIntLiteral',
  'BooleanLiteral',
  'FunctionExpression',
  'JSXElement',
  'JSXFragment',
  'NullLiteral',
  'RegExpLiteral',
  'UnaryExpression',
  'UpdateExpression',
]);

/** Classes whose instances are never text, whatever they are given. */
const NEVER_TEXT_CLASSES =
  /^(?:AbortController|Date|Error|\w+Error|Headers|Intl\.\w+|Promise|RegExp|TextDecoder|TextEncoder|URL|URLSearchParams|WeakMap|WeakSet|\w+Array|ArrayBuffer)$/;
const NEVER_TEXT_CALLS =
  /^(?:Symbol(?:\.for)?|Number|Boolean|BigInt|parseInt|parseFloat|Math\.\w+|Date\.now|RegExp)$/;
/** Calls that return their argument. */
const SAME_OBJECT = /^Object\.(?:freeze|seal|preventExtensions)$/;

/** Evaluates what is written down: text, concatenations of text, and objects and lists of such. Runs nothing. */
export class StaticReader {
  constructor(
    private readonly names: Names,
    /** The value of `this`, where it has one. */
    private readonly self?: () => StaticValue,
  ) {}

  /** @throws UnreadableError when the value depends on what runs. */
  read(expression: Expression): StaticValue {
    if (TYPE_WRAPPERS.has(expression.type))
      return this.read((expression as { expression: Expression }).expression);
    if (NEVER_TEXT.has(expression.type)) return OTHER;
    switch (expression.type) {
      case 'StringLiteral':
        return { kind: 'text', text: expression.value };
      case 'NumericLiteral':
        return { kind: 'number', number: expression.value };
      case 'TemplateLiteral':
        return this.readTemplate(expression, 'cooked');
      case 'BinaryExpression':
        return this.readSum(expression);
      case 'Identifier':
        return this.readName(expression);
      case 'ThisExpression':
        return this.self?.() ?? this.refuse(expression, 'what `this` is is only known when the code runs');
      case 'ObjectExpression':
        return { kind: 'object', members: this.readMembers(expression.properties) };
      case 'ArrayExpression':
        return this.readList(expression);
      case 'ClassExpression':
        return readClass(expression, {
          placeOf: (node) => this.toPlace(node),
          read: (value, self) => new StaticReader(this.names, self).read(value),
        });
      case 'MemberExpression':
        return this.readMember(expression);
      case 'CallExpression':
        return this.readCall(expression);
      case 'NewExpression':
        return this.readNew(expression);
      case 'TaggedTemplateExpression':
        if (toDottedPath(expression.tag) === 'String.raw') return this.readTemplate(expression.quasi, 'raw');
        return this.refuse(expression, 'a tagged template is a call of a function');
      default:
        return this.refuse(expression, 'its text is only known when the code runs');
    }
  }

  toPlace(node: Parameters<typeof getLine>[0]): CodePlace {
    return { file: this.names.file, line: getLine(node) };
  }

  private refuse(node: Parameters<typeof getLine>[0], reason: string): never {
    throw new UnreadableError(this.toPlace(node), reason);
  }

  private readTemplate(template: ExpressionOf<'TemplateLiteral'>, form: 'cooked' | 'raw'): StaticValue {
    const texts = template.quasis.map(({ value }) =>
      form === 'raw' ? value.raw : (value.cooked ?? value.raw),
    );
    const values = template.expressions.map((part) => this.readPart(part as Expression));
    return { kind: 'text', text: texts.map((text, index) => text + (values[index] ?? '')).join('') };
  }

  /** Reads a part of a template literal: text, or a number as JavaScript writes it. */
  private readPart(expression: Expression): string {
    return this.toText(this.read(expression), expression);
  }

  private toText(value: StaticValue, node: Parameters<typeof getLine>[0]): string {
    if (value.kind === 'text') return value.text;
    if (value.kind === 'number') return String(value.number);
    return this.refuse(node, 'only text and numbers can be put together');
  }

  private readSum(sum: ExpressionOf<'BinaryExpression'>): StaticValue {
    if (sum.operator !== '+') return OTHER;
    const left = this.read(sum.left as Expression);
    const right = this.read(sum.right);
    if (left.kind === 'number' && right.kind === 'number') {
      return { kind: 'number', number: left.number + right.number };
    }
    return { kind: 'text', text: this.toText(left, sum.left) + this.toText(right, sum.right) };
  }

  private readName(identifier: ExpressionOf<'Identifier'>): StaticValue {
    const { name } = identifier;
    const found = this.names.find(name);
    const change = this.names.findChange(name, identifier);
    if (change !== null) {
      throw new UnreadableError(change, `${name} is changed when the code runs: write it where it is made`);
    }
    if (found !== undefined) return found.value();
    if (name === 'undefined' || name === 'NaN' || name === 'Infinity') return OTHER;
    return this.refuse(identifier, `${name} is not a constant in this file`);
  }

  private readMember({ object, property, computed, loc }: ExpressionOf<'MemberExpression'>): StaticValue {
    const owner = this.read(object);
    const key =
      computed || property.type !== 'Identifier' ? this.readPart(property as Expression) : property.name;
    if (owner.kind === 'list') {
      const item = owner.items[Number(key)];
      if (item !== undefined) return item.value();
    }
    const member = owner.kind === 'object' ? owner.members.get(key) : undefined;
    if (member !== undefined) return member.value();
    return this.refuse({ loc }, `${key} is not a member of an object in this file`);
  }

  private readList(list: ExpressionOf<'ArrayExpression'>): StaticValue {
    const items = list.elements.flatMap((element): readonly StaticMember[] => {
      if (element === null) return [{ ...this.toPlace(list), value: () => OTHER }];
      if (isIgnored(element)) return [];
      if (element.type === 'SpreadElement') return this.readSpreadItems(element.argument);
      return [{ ...this.toPlace(element), value: () => this.read(element) }];
    });
    return { kind: 'list', items };
  }

  private readSpreadItems(argument: Expression): readonly StaticMember[] {
    const spread = this.read(argument);
    if (spread.kind === 'list') return spread.items;
    return this.refuse(argument, 'only lists of this file can be spread in a list');
  }

  /** Evaluates calls whose result is known text, such as `Object.freeze({…})` and `['…', '…'].join('\n')`. */
  private readCall(call: ExpressionOf<'CallExpression'>): StaticValue {
    const callee = call.callee as Expression;
    const args = call.arguments as Expression[];
    const [first] = args;
    const path = toDottedPath(callee);
    const values = () => args.map((arg) => this.read(arg));
    if (NEVER_TEXT_CALLS.test(path)) return OTHER;
    if (first !== undefined) {
      if (SAME_OBJECT.test(path)) return this.read(first);
      if (path === 'String') return { kind: 'text', text: this.readPart(first) };
      if (path === 'Object.fromEntries') return this.mustMake(call, makeMap(this.read(first)));
      if (path === 'Object.entries' || path === 'Object.values') {
        return this.mustMake(call, makeList(this.read(first), path));
      }
      if (path === 'Object.assign') return this.mustMake(call, mergeObjects(values()));
      if (path === 'require') {
        const opened = this.names.open(this.readPart(first));
        return opened ?? this.refuse(call, 'it is in a file that cannot be read');
      }
    }
    if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && !callee.computed) {
      const { name } = callee.property;
      const isMethod = name === 'join' || readTextMethod(name, '', []) !== null;
      const owner = isMethod ? this.read(callee.object) : OTHER;
      const texts = () => args.map((arg) => this.readPart(arg));
      const made =
        owner.kind === 'list' && name === 'join'
          ? joinTexts(owner.items, texts()[0] ?? ',')
          : owner.kind === 'text'
            ? readTextMethod(name, owner.text, texts())
            : null;
      if (made !== null) return { kind: 'text', text: made };
    }
    return this.refuse(call, 'it is the answer of a call');
  }

  private mustMake(call: ExpressionOf<'CallExpression'>, made: StaticValue | null): StaticValue {
    return made ?? this.refuse(call, 'it is the answer of a call');
  }

  /** A Map is read as an object, a Set as a list. What other classes do with a text is unknown. */
  private readNew(made: ExpressionOf<'NewExpression'>): StaticValue {
    const path = toDottedPath(made.callee);
    const [first] = made.arguments as Expression[];
    const isOwn = this.names.find(path.split('.')[0] ?? '') !== undefined;
    if (!isOwn && (path === 'Map' || path === 'Set')) {
      if (first === undefined || first.type === 'NullLiteral') return { kind: 'object', members: new Map() };
      const entries = this.read(first);
      const value = path === 'Set' ? makeList(entries, 'Object.values') : makeMap(entries);
      return value ?? this.refuse(made, `what is in the ${path} is only known when the code runs`);
    }
    if (!isOwn && NEVER_TEXT_CLASSES.test(path)) return OTHER;
    const isProxy = !isOwn && path === 'Proxy' && first !== undefined;
    if (mayHoldText(made.arguments) || (isProxy && holdsText(this.read(first)))) {
      return this.refuse(made, 'what a constructor makes of a text is only known when the code runs');
    }
    const isRead = isOwn || made.callee.type === 'ClassExpression';
    const owner = isRead ? this.read(made.callee) : OTHER;
    if (owner.kind === 'object' && owner.makesText === true) {
      return this.refuse(
        made,
        'the texts of an instance are only known when the code runs: make them static',
      );
    }
    return OTHER;
  }

  private readMembers(properties: readonly ObjectMember[]): Map<string, StaticMember> {
    const members = new Map<string, StaticMember>();
    for (const property of properties) {
      if (isIgnored(property)) continue;
      if (property.type === 'SpreadElement') {
        const spread = this.read(property.argument);
        if (spread.kind === 'object') spread.members.forEach((member, key) => members.set(key, member));
        else if (spread.kind !== 'other') this.refuse(property, 'only objects can be spread in an object');
        continue;
      }
      // A later member wins but keeps the position of the earlier one, as at run time.
      members.set(this.readKey(property), {
        ...this.toPlace(property),
        value: () => this.readProperty(property),
      });
    }
    return members;
  }

  private readKey(property: Exclude<ObjectMember, { type: 'SpreadElement' }>): string {
    const key = property.key as Expression;
    if (key.type === 'Identifier' && !property.computed) return key.name;
    return this.readPart(key);
  }

  private readProperty(property: Exclude<ObjectMember, { type: 'SpreadElement' }>): StaticValue {
    if (property.type === 'ObjectProperty') return this.read(property.value as Expression);
    if (property.kind === 'method') return OTHER;
    return this.refuse(property, 'a getter is only known when the code runs');
  }
}
