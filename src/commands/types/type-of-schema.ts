type Members = Readonly<Record<string, unknown>>;

/** A schema may refer to itself, but a generated type cannot. */
const MAX_DEPTH = 16;

const SCALARS: ReadonlyMap<unknown, string> = new Map([
  ['null', 'null'],
  ['boolean', 'boolean'],
  ['number', 'number'],
  ['integer', 'number'],
  ['string', 'string'],
]);

/** Returns the TypeScript type of values that fit a JSON Schema, on one line, and a wider one where TypeScript cannot express it. */
export function typeOfSchema(schema: Members): string {
  return new TypeWriter(schema).write(schema, 0);
}

class TypeWriter {
  constructor(private readonly root: Members) {}

  write(schema: unknown, depth: number): string {
    if (schema === false) return 'never';
    if (!isMembers(schema) || depth > MAX_DEPTH) return 'unknown';
    const parts = [
      this.reference(schema, depth),
      this.literals(schema),
      this.byType(schema, depth),
      this.each(schema['allOf'], ' & ', depth),
      this.each(schema['anyOf'], ' | ', depth),
      this.each(schema['oneOf'], ' | ', depth),
    ].filter((part) => part !== null && part !== 'unknown');
    if (parts.length === 0) return 'unknown';
    return parts.length === 1 ? (parts[0] ?? 'unknown') : parts.map((part) => `(${part})`).join(' & ');
  }

  private reference(schema: Members, depth: number): string | null {
    const target = schema['$ref'];
    if (typeof target !== 'string') return null;
    const steps = target.startsWith('#/') ? target.slice(2).split('/') : null;
    if (steps === null) return target === '#' ? this.write(this.root, depth + 1) : 'unknown';
    let found: unknown = this.root;
    for (const step of steps) {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      found = isMembers(found) && Object.hasOwn(found, key) ? found[key] : undefined;
    }
    return this.write(found, depth + 1);
  }

  private literals(schema: Members): string | null {
    const listed = Object.hasOwn(schema, 'const') ? [schema['const']] : schema['enum'];
    if (!Array.isArray(listed) || listed.length === 0) return null;
    const isPlain = listed.every((value) => value === null || typeof value !== 'object');
    return isPlain ? listed.map((value) => JSON.stringify(value)).join(' | ') : null;
  }

  private byType(schema: Members, depth: number): string | null {
    const { type } = schema;
    const types: readonly unknown[] = Array.isArray(type) ? type : [type];
    const isOpen = type === undefined;
    // The literals are the whole type.
    if (this.literals(schema) !== null) return null;
    if (isOpen) return 'properties' in schema || 'required' in schema ? this.object(schema, depth) : null;
    const written = types.map((each) => {
      if (each === 'object') return this.object(schema, depth);
      if (each === 'array') return this.list(schema, depth);
      return SCALARS.get(each) ?? 'unknown';
    });
    return [...new Set(written)].join(' | ');
  }

  private object(schema: Members, depth: number): string {
    const { properties, required, additionalProperties: others } = schema;
    const known = isMembers(properties) ? Object.entries(properties) : [];
    const needed = new Set(Array.isArray(required) ? (required as readonly unknown[]) : []);
    const names = new Set(known.map(([name]) => name));
    const unnamed = [...needed].filter((name) => typeof name === 'string' && !names.has(name));
    const members = [
      ...known.map(([name, member]) => {
        const written = this.write(member, depth + 1);
        const isNeeded = needed.has(name);
        return `readonly ${JSON.stringify(name)}${isNeeded ? '' : '?'}: ${written}${isNeeded ? '' : ' | undefined'}`;
      }),
      ...unnamed.map((name) => `readonly ${JSON.stringify(name)}: unknown`),
    ];
    if (members.length === 0 && others !== false) {
      return `Readonly<Record<string, ${others === undefined ? 'unknown' : this.write(others, depth + 1)}>>`;
    }
    // Other members may have any type.
    if (others !== false) members.push('readonly [name: string]: unknown');
    return members.length === 0 ? 'Readonly<Record<string, never>>' : `{ ${members.join('; ')} }`;
  }

  private list(schema: Members, depth: number): string {
    const { prefixItems: prefix, items } = schema;
    const rest = items === undefined ? 'unknown' : this.write(items, depth + 1);
    if (!Array.isArray(prefix)) return `readonly (${rest})[]`;
    const first = prefix.map((item) => `(${this.write(item, depth + 1)})?`);
    return `readonly [${[...first, ...(items === false ? [] : [`...(${rest})[]`])].join(', ')}]`;
  }

  private each(schemas: unknown, operator: string, depth: number): string | null {
    if (!Array.isArray(schemas)) return null;
    const written = [...new Set(schemas.map((schema) => this.write(schema, depth + 1)))];
    // One alternative that may be anything makes the union anything.
    if (operator === ' | ' && written.includes('unknown')) return null;
    const said = written.filter((part) => part !== 'unknown');
    return said.length === 0 ? null : said.map((part) => `(${part})`).join(operator);
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
