import type { SchemaNode } from '../schema-node.js';

/**
 * Finds what a `$ref` names: `#`, a JSON pointer (`#/$defs/address`), or an anchor (`#address`).
 * @returns a sentence about the problem when the reference leads nowhere or outside.
 */
export function resolveReference(
  target: string,
  nodes: ReadonlyMap<string, SchemaNode>,
  anchors: ReadonlyMap<string, SchemaNode>,
): SchemaNode | string {
  if (!target.startsWith('#'))
    return 'must begin with "#": only schemas inside of this one can be referred to';
  const fragment = decode(target.slice(1));
  if (fragment === null) return 'is not a well-formed reference';
  const isPointer = fragment === '' || fragment.startsWith('/');
  const node = isPointer ? nodes.get(fragment) : anchors.get(fragment);
  return node ?? 'refers to a schema that does not exist';
}

function decode(fragment: string): string | null {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return null;
  }
}
