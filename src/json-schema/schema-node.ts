import type { ErrorEntry } from '../kernel/index.js';
import type { Seen } from './seen.js';
import type { Kind } from './values/json-values.js';
import type { Purse } from './values/to-exact.js';

/** One value on its way through a schema, as the assertions of keywords see it. */
export interface Evaluation extends Purse {
  /** Applies a schema to the value. @param seen told of the parts that were looked at, if the value fits. */
  apply(node: SchemaNode, value: unknown, seen?: Seen | null): boolean;
  /** Applies a schema to a member or an item of the value that is being looked at. */
  applyAt(node: SchemaNode, key: string | number, value: unknown): boolean;
  /** Whether a value fits, without a word about why not. */
  fits(node: SchemaNode, value: unknown, seen?: Seen | null): boolean;
  /** Applies a schema to the value. @returns null when it fits, else what is wrong; nothing while nobody is told. */
  findFaults(node: SchemaNode, value: unknown, seen: Seen | null): readonly ErrorEntry[] | null;
  /** Notes that the value does not fit. @param key of the part of it that is meant. @returns false. */
  fail(message: string, key?: string | number): false;
  /** Notes what `findFaults` has found. @returns false. */
  failAll(faults: readonly ErrorEntry[]): false;
  /** The JSON pointer of the value that is being looked at. */
  here(): string;
}

/** One keyword's demand on a value. @returns whether the value meets it; faults are noted in `evaluation`. */
export type Assertion = (value: unknown, evaluation: Evaluation, seen: Seen | null) => boolean;

const KINDS: readonly Kind[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** A schema that was read: the assertions of its keywords, by the kind of value that they ask something of. */
export class SchemaNode {
  readonly assertions: Record<Kind, Assertion[]> = {
    null: [],
    boolean: [],
    number: [],
    string: [],
    array: [],
    object: [],
  };
  /** The one that `type` makes: where it fails, nothing else is worth saying. */
  gate: Assertion | null = null;
  /** The schemas that are applied to the same value as this one. */
  readonly inPlace: SchemaNode[] = [];

  constructor(
    /** Its place in the whole schema. */
    readonly pointer: string,
  ) {}

  /** @param kind the only one that is asked; null for all. */
  add(kind: Kind | null, assertion: Assertion): void {
    for (const each of kind === null ? KINDS : [kind]) this.assertions[each].push(assertion);
  }
}
