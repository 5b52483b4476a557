import type { SchemaNode } from '../schema-node.js';

/** A reference, to be resolved once every schema is known. */
export interface Reference {
  readonly from: SchemaNode;
  readonly target: string;
  readonly pointer: string;
  readonly follow: (target: SchemaNode) => void;
}

/** The whole schema that is being read, as seen by one of its subschemas. */
export interface Reading {
  /** Reads the schema at a pointer. A faulty one becomes a node without constraints. */
  schema(schema: unknown, pointer: string): SchemaNode;
  addAnchor(name: string, node: SchemaNode, pointer: string): void;
  addReference(reference: Reference): void;
  /** Adds to the total size of the patterns. */
  addPattern(size: number, pointer: string): void;
  /** Makes validations track which parts of a value were looked at. */
  trackSeen(): void;
  report(pointer: string, message: string): void;
}
