import type { CodePlace } from '../code-prompt.js';
import { mayHoldText } from './may-hold-text.js';
import {
  type StaticMember,
  type StaticMembers,
  type StaticValue,
  UnreadableError,
  unreadableMember,
} from './static-values.js';
import { type ClassMember, type ClassNode, type Expression, isIgnored } from './syntax.js';

export interface ClassReader {
  readonly placeOf: (node: ClassMember) => CodePlace;
  /** @param self the value of `this` */
  readonly read: (expression: Expression, self: () => StaticValue) => StaticValue;
}

const OF_INSTANCES = 'it belongs to instances of the class: make it static';

/**
 * Reads the members of a class that importers can use: its statics, and those of its superclass. Fields of instances
 * that may be texts are members that cannot be read. Methods are functions and never text.
 */
export function readClass(node: ClassNode, reader: ClassReader): StaticValue {
  const members = new Map<string, StaticMember>();
  const self: StaticValue = { kind: 'object', members, makesText: node.body.body.some(isTextOfInstances) };
  if (node.superClass != null)
    inheritedBy(node.superClass, reader).forEach((member, key) => members.set(key, member));
  for (const element of node.body.body) {
    const found = isIgnored(element) ? null : readMember(element, reader, () => self);
    if (found !== null) members.set(...found);
  }
  return self;
}

/** Classes of other packages are code, and hold no prompts of this one. */
function inheritedBy(superClass: Expression, { read }: ClassReader): StaticMembers {
  try {
    const parent = read(superClass, () => ({ kind: 'other' }));
    return parent.kind === 'object' ? parent.members : new Map();
  } catch (error) {
    if (error instanceof UnreadableError) return new Map();
    throw error;
  }
}

function readMember(
  element: ClassMember,
  { placeOf, read }: ClassReader,
  self: () => StaticValue,
): [string, StaticMember] | null {
  const place = placeOf(element);
  if (element.type === 'StaticBlock') {
    if (!mayHoldText(element.body)) return null;
    return ['static', unreadableMember(place, 'a static block is only known when the code runs')];
  }
  if (element.type === 'ClassMethod') {
    if (element.kind !== 'get' || isHidden(element) || !mayHoldText(element.body)) return null;
    const reason = element.static ? 'a getter is only known when the code runs' : OF_INSTANCES;
    return [readKey(element, read, self), unreadableMember(place, reason)];
  }
  if (element.type !== 'ClassProperty' && element.type !== 'ClassAccessorProperty') return null;
  const { value } = element;
  if (value == null || element.declare === true) return null;
  const isPrivate = isHidden(element);
  if (element.static && (element.decorators ?? []).length > 0 && mayHoldText(value)) {
    const reason = 'what a decorator makes of a text is only known when the code runs';
    return [readKey(element, read, self), unreadableMember(place, reason)];
  }
  if (element.static) {
    return [
      readKey(element, read, self),
      { ...place, value: () => read(value, self), ...(isPrivate ? { isPrivate } : {}) },
    ];
  }
  const isText = !isPrivate && !isFunction(value) && mayHoldText(value);
  return isText ? [readKey(element, read, self), unreadableMember(place, OF_INSTANCES)] : null;
}

/** Whether an element is an instance field, a getter or a constructor that contains text. */
function isTextOfInstances(element: ClassMember): boolean {
  if (element.type === 'ClassProperty' || element.type === 'ClassAccessorProperty') {
    const isValue = !element.static && element.value != null && !isHidden(element);
    return isValue && !isFunction(element.value as Expression) && mayHoldText(element.value);
  }
  if (element.type !== 'ClassMethod' || element.static) return false;
  return (element.kind === 'constructor' || element.kind === 'get') && mayHoldText(element.body);
}

type Keyed = Extract<ClassMember, { type: 'ClassProperty' | 'ClassAccessorProperty' | 'ClassMethod' }>;

function readKey({ key, computed }: Keyed, read: ClassReader['read'], self: () => StaticValue): string {
  if (key.type === 'Identifier' && !computed) return key.name;
  if (key.type === 'PrivateName') return `#${key.id.name}`;
  const name = read(key, self);
  return name.kind === 'text' ? name.text : String(name.kind === 'number' ? name.number : '[computed]');
}

function isHidden({ accessibility, key }: Keyed): boolean {
  return accessibility === 'private' || accessibility === 'protected' || key.type === 'PrivateName';
}

function isFunction({ type }: Expression): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression';
}
