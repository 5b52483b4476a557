import type { ErrorEntry } from '../kernel/index.js';
import { KEYWORD_GROUPS } from './keywords/index.js';
import { LIMITS } from './limits.js';
import { SchemaNode } from './schema-node.js';
import { getKind } from './values/json-values.js';
import { checkApplied } from './reading/check-applied.js';
import { readIdentity } from './reading/read-identity.js';
import { cutPointer } from './reading/join-pointer.js';
import type { Reading, Reference } from './reading/reading.js';
import { SchemaRefused } from './reading/schema-refused.js';
import { resolveReference } from './reading/resolve-reference.js';
import { type SchemaMembers, SchemaPart } from './reading/schema-part.js';

/** Reads a schema and all its subschemas into nodes. Collects problems, so that all of them can be fixed at once. */
export class SchemaReader implements Reading {
  readonly problems: ErrorEntry[] = [];
  /** Every schema by its pointer. */
  private readonly nodes = new Map<string, SchemaNode>();
  private readonly anchors = new Map<string, SchemaNode>();
  private readonly references: Reference[] = [];
  private depth = 0;
  private patterns = 0;
  /** The number of instructions of all patterns so far. */
  private patternSize = 0;
  private hasTracking = false;

  constructor(private readonly basePointer: string) {}

  /** @throws SchemaRefused as soon as there are too many problems or a limit is exceeded. */
  read(schema: unknown): SchemaNode {
    const root = this.schema(schema, '');
    for (const { from, target, pointer, follow } of this.references) {
      const node = resolveReference(target, this.nodes, this.anchors);
      if (typeof node === 'string') this.report(pointer, node);
      else {
        from.inPlace.push(node);
        follow(node);
      }
    }
    if (this.problems.length === 0) {
      checkApplied(root, this.nodes.values(), (pointer, message) => {
        this.report(pointer, message);
      });
    }
    return root;
  }

  schema(schema: unknown, pointer: string): SchemaNode {
    const node = new SchemaNode(pointer);
    this.nodes.set(pointer, node);
    if (this.nodes.size > LIMITS.schemas)
      this.refuse(pointer, `is one schema of more than ${LIMITS.schemas}`);
    if (typeof schema === 'boolean') {
      if (!schema) node.add(null, (_value, validation) => validation.fail('is not allowed'));
      return node;
    }
    if (getKind(schema) !== 'object') {
      this.report(pointer, 'must be a schema: an object, true or false');
      return node;
    }
    this.depth += 1;
    if (this.depth > LIMITS.depth) this.refuse(pointer, `is nested deeper than ${LIMITS.depth} schemas`);
    const part = new SchemaPart(this, node, schema as SchemaMembers);
    readIdentity(part);
    for (const readGroup of KEYWORD_GROUPS) readGroup(part);
    this.depth -= 1;
    return node;
  }

  /** Whether the schema uses `unevaluatedProperties` or `unevaluatedItems` anywhere. */
  get tracks(): boolean {
    return this.hasTracking;
  }

  trackSeen(): void {
    this.hasTracking = true;
  }

  addAnchor(name: string, node: SchemaNode, pointer: string): void {
    if (this.anchors.has(name)) this.report(pointer, 'is an anchor that another schema has too');
    this.anchors.set(name, node);
  }

  addReference(reference: Reference): void {
    this.references.push(reference);
  }

  addPattern(size: number, pointer: string): void {
    this.patterns += 1;
    this.patternSize += size;
    const isTooMuch = this.patterns > LIMITS.patterns || this.patternSize > LIMITS.patternSize;
    if (isTooMuch) this.refuse(pointer, 'is one pattern too many, or repeats too much');
  }

  report(pointer: string, message: string): void {
    this.problems.push({ pointer: this.basePointer + cutPointer(pointer), message });
    if (this.problems.length >= LIMITS.listed) throw new SchemaRefused(this.problems);
  }

  /** Reports that a limit is exceeded and stops reading. */
  refuse(pointer: string, message: string): never {
    this.problems.push({ pointer: this.basePointer + cutPointer(pointer), message });
    throw new SchemaRefused(this.problems);
  }
}
