import type { CodePlace } from '../code-prompt.js';

/** The value of an expression, as far as it is known without running it. */
export type StaticValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  /** An object, or a value that is read like one: a Map, an enum, a namespace, the statics of a class. */
  | {
      readonly kind: 'object';
      readonly members: StaticMembers;
      /** Whether an instance of the class may hold texts. */
      readonly makesText?: boolean;
    }
  /** An array or a Set. */
  | { readonly kind: 'list'; readonly items: readonly StaticMember[] }
  /** A value that cannot be text: a function, a flag, nothing. */
  | { readonly kind: 'other' };

export interface StaticMember extends CodePlace {
  /** Evaluated lazily, so that an unreadable value is an error only if it is used. */
  readonly value: () => StaticValue;
  /** Not visible outside its class: part of other texts, but not a prompt. */
  readonly isPrivate?: boolean;
}

/** An export of a module, `default` for the default one. The members of an exported object are the prompts. */
export interface NamedMember extends StaticMember {
  readonly name: string;
}

export type StaticMembers = ReadonlyMap<string, StaticMember>;

export const OTHER: StaticValue = { kind: 'other' };

/** A value that only running the code would tell. The message completes "… cannot be read: ". */
export class UnreadableError extends Error {
  constructor(
    readonly place: CodePlace,
    reason: string,
  ) {
    super(reason);
  }
}

/** Builds a member that exists, but whose value only running the code would tell. */
export function unreadableMember(place: CodePlace, reason: string): StaticMember {
  return {
    ...place,
    value: () => {
      throw new UnreadableError(place, reason);
    },
  };
}

/**
 * Whether a value contains a text at any depth.
 * @throws UnreadableError when a part of it may be a text
 */
export function holdsText(value: StaticValue): boolean {
  if (value.kind === 'text') return true;
  if (value.kind === 'list') return value.items.some((item) => holdsText(item.value()));
  if (value.kind !== 'object') return false;
  return [...value.members.values()].some((member) => holdsText(member.value()));
}

/** Merges two declarations of one name, such as an enum and a namespace. The later one wins. */
export function merged(first: StaticValue, second: StaticValue): StaticValue {
  if (first.kind !== 'object') return second;
  return second.kind === 'object'
    ? { ...first, members: new Map([...first.members, ...second.members]) }
    : first;
}

/** Fails for a constant that refers to itself, and reads each value once. */
export function guarded(name: string, member: StaticMember): StaticMember {
  let isUnderWay = false;
  let known: StaticValue | null = null;
  const value = () => {
    if (known !== null) return known;
    if (isUnderWay) throw new UnreadableError(member, `${name} is made of itself`);
    isUnderWay = true;
    try {
      known = member.value();
      return known;
    } finally {
      isUnderWay = false;
    }
  };
  return { ...member, value };
}
