import type { ErrorEntry } from '../kernel/index.js';
import type { Seen } from './seen.js';
import type { Kind } from './values/json-values.js';
import type { Purse } from './values/to-exact.js';

/** The validation of one value, as the assertions of keywords see it. */
export interface Evaluation extends Purse {
  /** Applies a schema to the value. @param seen records the parts that were looked at, if the value fits. */
  apply(node: SchemaNode, value: unknown, seen?: Seen | null): boolean;
  /** Applies a schema to a member or an item of the current value. */
  applyAt(node: SchemaNode, key: string | number, value: unknown): boolean;
  /** Whether a value fits, without recording faults. */
  fits(node: SchemaNode, value: unknown, seen?: Seen | null): boolean;
  /** Applies a schema to the value. @returns null when it fits, otherwise the faults, or an empty list while faults are not recorded. */
  findFaults(node: SchemaNode, value: unknown, seen: Seen | null): readonly ErrorEntry[] | null;
  /** Records that the value does not fit. @param key the part of it that is at fault. @returns false. */
  fail(message: string, key?: string | number): false;
  /** Records faults from `findFaults`. @returns false. */
  failAll(faults: readonly ErrorEntry[]): false;
  /** Returns the JSON pointer of the current value. */
  here(): string;
}

/** One keyword's constraint on a value. @returns whether the value meets it; faults are recorded in `evaluation`. */
export type Assertion = (value: unknown, evaluation: Evaluation, seen: Seen | null) => boolean;

const KINDS: readonly Kind[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** A schema that was read: the assertions of its keywords, by the kind of value that they constrain. */
export class SchemaNode {
  readonly assertions: Record<Kind, Assertion[]> = {
    null: [],
    boolean: [],
    number: [],
    string: [],
    array: [],
    object: [],
  };
  /** The assertion of `type`. When it fails, no other fault is worth reporting. */
  gate: Assertion | null = null;
  /** The schemas that are applied to the same value as this one. */
  readonly inPlace: SchemaNode[] = [];

  constructor(
    /** Its pointer in the whole schema. */
    readonly pointer: string,
  ) {}

  /** @param kind the only kind of value that is checked; null for all. */
  add(kind: Kind | null, assertion: Assertion): void {
    for (const each of kind === null ? KINDS : [kind]) this.assertions[each].push(assertion);
  }
}
