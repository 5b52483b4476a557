import { ExactNumber } from '../../kernel/index.js';
import type { Assertion, SchemaNode } from '../schema-node.js';
import { type Kind, type JsonNumber, getKind } from '../values/json-values.js';
import { isInteger } from '../values/decimals.js';
import { LinearPattern, PatternRefused } from '../values/linear-pattern.js';
import { joinPointer } from './join-pointer.js';
import type { Reading } from './reading.js';

export type SchemaMembers = ReadonlyMap<string, unknown>;

/** One schema that is being read. Checks each keyword when it is asked for; `undefined` for an absent one. */
export class SchemaPart {
  constructor(
    private readonly reader: Reading,
    readonly node: SchemaNode,
    private readonly members: SchemaMembers,
  ) {}

  has(keyword: string): boolean {
    return this.members.has(keyword);
  }

  value(keyword: string): unknown {
    return this.members.get(keyword);
  }

  string(keyword: string): string | undefined {
    return this.typed(keyword, 'string', 'must be a string') as string | undefined;
  }

  boolean(keyword: string): boolean | undefined {
    return this.typed(keyword, 'boolean', 'must be true or false') as boolean | undefined;
  }

  number(keyword: string): JsonNumber | undefined {
    return this.typed(keyword, 'number', 'must be a number') as JsonNumber | undefined;
  }

  /** Reads a number of characters, items or keys. */
  count(keyword: string): number | undefined {
    const number = this.number(keyword);
    if (number === undefined) return undefined;
    const value = number instanceof ExactNumber ? number.value : number;
    if (value >= 0 && isInteger(number)) return value;
    return this.fail('must be a whole number of 0 or more', keyword);
  }

  list(keyword: string): readonly unknown[] | undefined {
    return this.typed(keyword, 'array', 'must be an array') as readonly unknown[] | undefined;
  }

  /** Reads a list of distinct key names. */
  names(keyword: string): readonly string[] | undefined {
    const list = this.list(keyword);
    return list === undefined ? undefined : this.asNames(list, keyword);
  }

  /** Reads an object as pairs of name and value. */
  entries(keyword: string): readonly (readonly [string, unknown])[] | undefined {
    const members = this.typed(keyword, 'object', 'must be an object') as SchemaMembers | undefined;
    return members === undefined ? undefined : [...members];
  }

  asNames(list: unknown, ...steps: readonly (string | number)[]): readonly string[] | undefined {
    const isNames = Array.isArray(list) && list.every((name) => typeof name === 'string');
    if (!isNames) return this.fail('must be an array of strings', ...steps);
    if (new Set(list).size < list.length) return this.fail('must hold each name once', ...steps);
    return list;
  }

  subschema(keyword: string): SchemaNode | undefined {
    return this.has(keyword) ? this.schemaAt(this.value(keyword), keyword) : undefined;
  }

  subschemas(keyword: string): readonly SchemaNode[] | undefined {
    const list = this.list(keyword);
    if (list === undefined) return undefined;
    if (list.length === 0) return this.fail('must hold at least one schema', keyword);
    return list.map((schema, index) => this.schemaAt(schema, keyword, index));
  }

  subschemaMap(keyword: string): ReadonlyMap<string, SchemaNode> | undefined {
    const entries = this.entries(keyword);
    if (entries === undefined) return undefined;
    return new Map(entries.map(([name, schema]) => [name, this.schemaAt(schema, keyword, name)]));
  }

  pattern(source: unknown, ...steps: readonly (string | number)[]): LinearPattern | undefined {
    if (typeof source !== 'string') return this.fail('must be a string', ...steps);
    try {
      this.reader.addPattern(LinearPattern.measure(source), this.at(steps));
      return LinearPattern.compile(source);
    } catch (error) {
      if (error instanceof PatternRefused) return this.fail(error.message, ...steps);
      throw error;
    }
  }

  /** Registers schemas as applied to the same value as this one. */
  applyInPlace(...nodes: readonly SchemaNode[]): void {
    this.node.inPlace.push(...nodes);
  }

  assert(kind: Kind | null, assertion: Assertion): void {
    this.node.add(kind, assertion);
  }

  trackSeen(): void {
    this.reader.trackSeen();
  }

  addAnchor(name: string, keyword: string): void {
    this.reader.addAnchor(name, this.node, this.at([keyword]));
  }

  addReference(keyword: string, target: string, follow: (target: SchemaNode) => void): void {
    this.reader.addReference({ from: this.node, target, pointer: this.at([keyword]), follow });
  }

  report(message: string, ...steps: readonly (string | number)[]): void {
    this.reader.report(this.at(steps), message);
  }

  /** Reports a problem. @returns undefined, because the keyword cannot be used. */
  fail(message: string, ...steps: readonly (string | number)[]): undefined {
    this.report(message, ...steps);
  }

  private typed(keyword: string, kind: Kind, message: string): unknown {
    if (!this.has(keyword)) return undefined;
    const value = this.value(keyword);
    return getKind(value) === kind ? value : this.fail(message, keyword);
  }

  private schemaAt(schema: unknown, ...steps: readonly (string | number)[]): SchemaNode {
    return this.reader.schema(schema, this.at(steps));
  }

  private at(steps: readonly (string | number)[]): string {
    return joinPointer(this.node.pointer, ...steps);
  }
}
