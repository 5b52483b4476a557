/** Members whose value is the caller's own data, by path; `*` is any element. A null inside them is a value. */
interface Paths {
  readonly [member: string]: Paths | 'data';
}

const DATA: Paths = {
  prompt_variables: 'data',
  messages: { '*': { annotations: 'data', reasoning_details: 'data' } },
  tools: { '*': { function: { parameters: 'data' } } },
  response_format: { json_schema: { schema: 'data' } },
};

/**
 * Returns the body without null members, at any depth, because several clients write null for everything that is not set, even
 * for unknown members. Leaves the original body unchanged, because its fingerprint is taken from it.
 */
export function withoutNulls(body: unknown): unknown {
  return strip(body, DATA);
}

function strip(value: unknown, paths: Paths): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return stripElements(value, paths['*']);
  let isChanged = false;
  const kept: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const stripped = stripMember(member, own(paths, name));
    isChanged ||= stripped !== member || member === null;
    if (member !== null) kept.push([name, stripped]);
  }
  // An unchanged object keeps its source text.
  return isChanged ? Object.fromEntries(kept) : value;
}

function stripElements(elements: readonly unknown[], paths: Paths | 'data' | undefined): readonly unknown[] {
  const stripped = elements.map((element) => stripMember(element, paths));
  return stripped.some((element, index) => element !== elements[index]) ? stripped : elements;
}

function stripMember(value: unknown, paths: Paths | 'data' | undefined): unknown {
  return paths === 'data' ? value : strip(value, paths ?? {});
}

/** Looks up own members only, because a caller may name one `constructor`. */
function own(paths: Paths, name: string): Paths | 'data' | undefined {
  return Object.hasOwn(paths, name) ? paths[name] : undefined;
}
