/** Members whose value is data of the caller, by their path; `*` is any element. A null within them is a value. */
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
 * A body as if members that are null had been left out, at any depth: several clients write null for everything that is not set,
 * unknown members included. What the body was made of is not changed, since its fingerprint is taken of that.
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
  // Unchanged, it keeps the text that it was read from.
  return isChanged ? Object.fromEntries(kept) : value;
}

function stripElements(elements: readonly unknown[], paths: Paths | 'data' | undefined): readonly unknown[] {
  const stripped = elements.map((element) => stripMember(element, paths));
  return stripped.some((element, index) => element !== elements[index]) ? stripped : elements;
}

function stripMember(value: unknown, paths: Paths | 'data' | undefined): unknown {
  return paths === 'data' ? value : strip(value, paths ?? {});
}

/** A caller may call a member `constructor`. */
function own(paths: Paths, name: string): Paths | 'data' | undefined {
  return Object.hasOwn(paths, name) ? paths[name] : undefined;
}
