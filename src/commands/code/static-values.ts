import { type Expression, type ExpressionOf, isIgnored, lineOf, type ObjectMember } from './syntax.js';

/** What an expression is, as far as one can say without running it. */
export type StaticValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, StaticMember> }
  /** Certainly no text: a function, a list, a flag. */
  | { readonly kind: 'other' };

export interface StaticMember {
  readonly line: number;
  /** Read when asked for, so that what nobody wants cannot be unreadable. */
  readonly value: () => StaticValue;
}

/** What cannot be known without running the code. The message completes "… cannot be read: ". */
export class UnreadableError extends Error {
  constructor(
    readonly line: number,
    reason: string,
  ) {
    super(reason);
  }
}

/** The constants of a file: what a name stands for there; undefined when it is no constant of this file. */
export type Constants = (name: string) => Expression | undefined;

/** Wrappers that change the type and nothing else. */
const TRANSPARENT = new Set<string>([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'ParenthesizedExpression',
]);

const NEVER_TEXT = new Set<string>([
  'ArrayExpression',
  'ArrowFunctionExpression',
  'BigIntLiteral',
  'BooleanLiteral',
  'ClassExpression',
  'FunctionExpression',
  'JSXElement',
  'JSXFragment',
  'NewExpression',
  'NullLiteral',
  'RegExpLiteral',
  'UnaryExpression',
  'UpdateExpression',
]);

const OTHER: StaticValue = { kind: 'other' };

/** Evaluates what is written down: text, what is put together of text, and objects of such. Runs nothing. */
export class StaticReader {
  /** The constants that are being read, against one that is made of itself. */
  private readonly underWay = new Set<string>();

  constructor(private readonly constants: Constants) {}

  /** @throws UnreadableError when the value depends on what runs. */
  read(expression: Expression): StaticValue {
    if (TRANSPARENT.has(expression.type))
      return this.read((expression as { expression: Expression }).expression);
    if (NEVER_TEXT.has(expression.type)) return OTHER;
    switch (expression.type) {
      case 'StringLiteral':
        return { kind: 'text', text: expression.value };
      case 'NumericLiteral':
        return { kind: 'number', number: expression.value };
      case 'TemplateLiteral':
        return this.readTemplate(expression);
      case 'BinaryExpression':
        return this.readSum(expression);
      case 'Identifier':
        return this.readConstant(expression);
      case 'ObjectExpression':
        return { kind: 'object', members: this.readMembers(expression.properties) };
      case 'MemberExpression':
        return this.readMember(expression);
      case 'CallExpression':
        return this.readCall(expression);
      case 'TaggedTemplateExpression':
        throw new UnreadableError(lineOf(expression), 'a tagged template is a call of a function');
      default:
        throw new UnreadableError(lineOf(expression), 'its text is only known when the code runs');
    }
  }

  private readTemplate(template: ExpressionOf<'TemplateLiteral'>): StaticValue {
    const texts = template.quasis.map(({ value }) => value.cooked ?? value.raw);
    const values = template.expressions.map((part) => this.readPart(part as Expression));
    return { kind: 'text', text: texts.map((text, index) => text + (values[index] ?? '')).join('') };
  }

  /** What stands in a text: text, or a number as JavaScript writes it. */
  private readPart(expression: Expression): string {
    return textOf(this.read(expression), expression);
  }

  private readSum(sum: ExpressionOf<'BinaryExpression'>): StaticValue {
    if (sum.operator !== '+') return OTHER;
    const left = this.read(sum.left as Expression);
    const right = this.read(sum.right);
    if (left.kind === 'number' && right.kind === 'number') {
      return { kind: 'number', number: left.number + right.number };
    }
    return { kind: 'text', text: textOf(left, sum.left) + textOf(right, sum.right) };
  }

  private readConstant(identifier: ExpressionOf<'Identifier'>): StaticValue {
    const { name } = identifier;
    if (name === 'undefined') return OTHER;
    const expression = this.constants(name);
    if (expression === undefined) {
      throw new UnreadableError(lineOf(identifier), `${name} is no constant of this file`);
    }
    if (this.underWay.has(name)) throw new UnreadableError(lineOf(identifier), `${name} is made of itself`);
    this.underWay.add(name);
    try {
      return this.read(expression);
    } finally {
      this.underWay.delete(name);
    }
  }

  private readMember({ object, property, computed, loc }: ExpressionOf<'MemberExpression'>): StaticValue {
    const owner = this.read(object);
    const key = computed ? this.readPart(property as Expression) : (property as { name: string }).name;
    const member = owner.kind === 'object' ? owner.members.get(key) : undefined;
    if (member !== undefined) return member.value();
    throw new UnreadableError(lineOf({ loc }), `${key} is no member of an object of this file`);
  }

  /** The two calls that are nothing but text: `Object.freeze({…})` and `['…', '…'].join('\n')`. */
  private readCall(call: ExpressionOf<'CallExpression'>): StaticValue {
    const callee = call.callee as Expression;
    const [argument] = call.arguments as Expression[];
    if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && !callee.computed) {
      const object = callee.object;
      const method = callee.property.name;
      const isObject = object.type === 'Identifier' && object.name === 'Object';
      if (isObject && method === 'freeze' && argument !== undefined) return this.read(argument);
      if (object.type === 'ArrayExpression' && method === 'join') {
        const parts = object.elements.map((element) => this.readPart((element ?? object) as Expression));
        return { kind: 'text', text: parts.join(argument === undefined ? ',' : this.readPart(argument)) };
      }
    }
    throw new UnreadableError(lineOf(call), 'it is the answer of a call');
  }

  private readMembers(properties: readonly ObjectMember[]): Map<string, StaticMember> {
    const members = new Map<string, StaticMember>();
    for (const property of properties) {
      if (isIgnored(property)) continue;
      if (property.type === 'SpreadElement') {
        const spread = this.read(property.argument);
        if (spread.kind === 'object') spread.members.forEach((member, key) => members.set(key, member));
        continue;
      }
      const line = lineOf(property);
      const key = this.keyOf(property);
      // What is written later wins, and moves nothing: as it does when the code runs.
      members.set(key, { line, value: () => this.readProperty(property) });
    }
    return members;
  }

  private keyOf(property: Exclude<ObjectMember, { type: 'SpreadElement' }>): string {
    const key = property.key as Expression;
    if (key.type === 'Identifier' && !property.computed) return key.name;
    return this.readPart(key);
  }

  private readProperty(property: Exclude<ObjectMember, { type: 'SpreadElement' }>): StaticValue {
    if (property.type === 'ObjectProperty') return this.read(property.value as Expression);
    if (property.kind === 'method') return OTHER;
    throw new UnreadableError(lineOf(property), 'a getter is only known when the code runs');
  }
}

function textOf(value: StaticValue, node: Parameters<typeof lineOf>[0]): string {
  if (value.kind === 'text') return value.text;
  if (value.kind === 'number') return String(value.number);
  throw new UnreadableError(lineOf(node), 'only text and numbers can be put together');
}
