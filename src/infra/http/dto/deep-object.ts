import type { Type } from '@nestjs/common';

const deepProperties = new WeakMap<object, Set<string>>();

/**
 * Declares that a property of a query DTO is an object whose members are sent one by one, in OpenAPI's `deepObject` style:
 * `?metadata[user]=4711&metadata[plan]=free`. The member's name is everything between the first and the last bracket.
 */
export function DeepObject(): PropertyDecorator {
  return (target, property) => {
    const names = deepProperties.get(target.constructor) ?? new Set();
    names.add(String(property));
    deepProperties.set(target.constructor, names);
  };
}

/** Gathers the members of each {@link DeepObject} property; leaves everything else unchanged. */
export function gatherDeepObjects(type: Type<object>, query: unknown): unknown {
  const names = deepProperties.get(type);
  if (names === undefined || typeof query !== 'object' || query === null) return query;
  const gathered = new Map<string, [string, unknown][]>();
  const rest = Object.entries(query).filter(([name, value]) => {
    const [, property = '', member = ''] = /^([^[]+)\[(.*)\]$/s.exec(name) ?? [];
    if (!names.has(property)) return true;
    gathered.set(property, [...(gathered.get(property) ?? []), [member, value]]);
    return false;
  });
  if (gathered.size === 0) return query;
  const objects = [...gathered].map(
    ([property, members]) => [property, Object.fromEntries(members)] as const,
  );
  return Object.fromEntries([...rest, ...objects]);
}
