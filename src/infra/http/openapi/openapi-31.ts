type Json = Readonly<Record<string, unknown>>;

/** Members whose value is data, which may have a member of any name. */
const DATA = new Set(['example', 'examples', 'enum']);
const ALTERNATIVES = ['oneOf', 'anyOf'] as const;

/**
 * Converts a document from OpenAPI 3.0, which the generator writes, to 3.1, whose schemas are JSON Schema: null is a type there, and
 * `nullable` does not exist.
 */
export function convertToOpenApi31<T extends object>(document: T): T {
  return { ...(convert(document) as T), openapi: '3.1.0' };
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [
    name,
    DATA.has(name) ? member : convert(member),
  ]);
  return convertNullable(Object.fromEntries(members));
}

function convertNullable(schema: Json): Json {
  // A property may itself be named `nullable`; its value is a schema.
  if (typeof schema['nullable'] !== 'boolean') return schema;
  const { nullable, ...rest } = schema;
  return nullable ? allowNull(rest) : rest;
}

function allowNull(schema: Json): Json {
  const allowed: Record<string, unknown> = { ...schema };
  for (const name of ALTERNATIVES) {
    const alternatives = schema[name];
    if (Array.isArray(alternatives)) allowed[name] = [...(alternatives as unknown[]), { type: 'null' }];
  }
  // The generator writes a reference with a description as an `allOf` of one.
  if (Array.isArray(schema['allOf'])) {
    delete allowed['allOf'];
    delete allowed['type'];
    return { ...allowed, oneOf: [...(schema['allOf'] as unknown[]), { type: 'null' }] };
  }
  if (typeof schema['type'] === 'string') allowed['type'] = [schema['type'], 'null'];
  const values = schema['enum'];
  if (Array.isArray(values) && !values.includes(null)) allowed['enum'] = [...(values as unknown[]), null];
  return allowed;
}
