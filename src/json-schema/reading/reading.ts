import type { SchemaNode } from '../schema-node.js';

/** A reference that is followed once every schema is known. */
export interface Reference {
  readonly from: SchemaNode;
  readonly target: string;
  readonly pointer: string;
  readonly follow: (target: SchemaNode) => void;
}

/** A whole schema that is being read, as one schema in it sees it. */
export interface Reading {
  /** Reads a schema that stands at a pointer. One that is faulty becomes a node that asks nothing. */
  schema(schema: unknown, pointer: string): SchemaNode;
  addAnchor(name: string, node: SchemaNode, pointer: string): void;
  addReference(reference: Reference): void;
  /** Adds up how large the patterns are. */
  addPattern(size: number, pointer: string): void;
  /** Has validations note which parts of a value were looked at. */
  trackSeen(): void;
  report(pointer: string, message: string): void;
}
