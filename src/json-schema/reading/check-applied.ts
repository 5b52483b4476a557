import { LIMITS } from '../limits.js';
import type { SchemaNode } from '../schema-node.js';

/** The cost of applying a schema to one value, not counting the parts of the value. */
interface Applied {
  /** The number of schemas, counting every followed reference. */
  readonly count: number;
  /** The nesting of schemas. */
  readonly depth: number;
}

/**
 * Finds schemas that would apply to one and the same value endlessly or far too often: thirty schemas that each apply the next one twice
 * make two to the power of thirty. A recursion through members or items is fine, because it ends with the value.
 *
 * @param report called for each schema where this is found.
 */
export function checkApplied(
  root: SchemaNode,
  nodes: Iterable<SchemaNode>,
  report: (pointer: string, message: string) => void,
): void {
  const known = new Map<SchemaNode, Applied | 'open'>();
  const apply = (node: SchemaNode, depth: number): Applied => {
    const before = known.get(node);
    if (before === 'open') {
      report(node.pointer, 'is applied to the same value again by itself, without end');
      return NOTHING;
    }
    if (before !== undefined) return before;
    if (depth > LIMITS.appliedDepth) {
      report(node.pointer, `is reached through more than ${LIMITS.appliedDepth} schemas`);
      return NOTHING;
    }
    known.set(node, 'open');
    const applied = node.inPlace.map((each) => apply(each, depth + 1));
    const count = applied.reduce((total, each) => total + each.count, 1);
    const isTooMany = count > LIMITS.appliedSchemas;
    if (isTooMany) report(node.pointer, `applies more than ${LIMITS.appliedSchemas} schemas to one value`);
    const result = {
      count: isTooMany ? 1 : count,
      depth: Math.max(0, ...applied.map((each) => each.depth)) + 1,
    };
    known.set(node, result);
    return result;
  };
  for (const node of [root, ...nodes]) {
    if (apply(node, 1).depth > LIMITS.appliedDepth) {
      report(node.pointer, `applies more than ${LIMITS.appliedDepth} schemas inside of each other`);
      return;
    }
  }
}

const NOTHING: Applied = { count: 0, depth: 0 };
