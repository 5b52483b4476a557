import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A route that takes a body, from the OpenAPI document. */
export interface BodyRoute {
  readonly method: string;
  /** The path with its parameters filled in. */
  readonly path: string;
  /** Members of the body that accept more than a scalar. */
  readonly members: readonly string[];
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

interface OpenApiDocument {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly requestBody?: { readonly content: Content } }>>>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>;

const UUID = '01900000-0000-7000-8000-000000000000';
const PARAMETERS: Readonly<Record<string, string>> = {
  name: 'turns',
  provider: 'echo',
  model_name: 'echo',
  budget_id: UUID,
  key_id: '0123456789abcdef',
  price_id: UUID,
};

/** Lists all of them, so that a new route is tested automatically. */
export function listBodyRoutes(): BodyRoute[] {
  const file = path.join(__dirname, '../../../openapi.json');
  const { paths, components } = JSON.parse(readFileSync(file, 'utf8')) as OpenApiDocument;
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  const takesMore = (sent: Schema): boolean => {
    const schema = resolve(sent);
    const parts = [...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
    if (parts.length > 0) return parts.some(takesMore);
    return schema.type === undefined || schema.type === 'array' || schema.type === 'object';
  };
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody }]) => {
      const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
      if (schema === undefined) return [];
      const properties = Object.entries(resolve(schema).properties ?? {});
      return {
        method: method.toUpperCase(),
        path: template.replace(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? 'x'),
        members: properties.filter(([, property]) => takesMore(property)).map(([name]) => name),
      };
    }),
  );
}

/** Repeats the unit as often as it fits. */
const fill = (bytes: number, unit: string, open: string, close: string): string =>
  `${open}${Array(Math.floor(bytes / (unit.length + 1)))
    .fill(unit)
    .join()}${close}`;

const keys = (bytes: number, value: string): string => {
  const length = Math.floor(bytes / (9 + value.length));
  return `{${Array.from({ length }, (_, nth) => `"${(nth + 100_000).toString(36)}":${value}`).join()}}`;
};

/** JSON values of about the given size that are expensive to process. */
export const HOSTILE_VALUES: Readonly<Record<string, (bytes: number) => string>> = {
  'empty objects': (bytes) => fill(bytes, '{}', '[', ']'),
  'small nested objects': (bytes) => fill(bytes, '{"a":{"b":[{}]}}', '[', ']'),
  'towers of arrays': (bytes) => fill(bytes, '['.repeat(50) + ']'.repeat(50), '[', ']'),
  numbers: (bytes) => fill(bytes, '1', '[', ']'),
  decimals: (bytes) => fill(bytes, '1.2345678901234567e-300', '[', ']'),
  'strings that are empty': (bytes) => fill(bytes, '""', '[', ']'),
  'one object of many keys': (bytes) => keys(bytes, '1'),
  'many keys of objects': (bytes) => keys(bytes, '{}'),
  'one escaped string': (bytes) => `"${'\\u00e9'.repeat(Math.floor(bytes / 6))}"`,
  'one string of emoji': (bytes) => `"${'😀'.repeat(Math.floor(bytes / 4))}"`,
  'white space': (bytes) => `[${' '.repeat(bytes)}]`,
  // The largest that the bound permits.
  'a thousand empty objects': () => fill(3_000, '{}', '[', ']'),
  'twenty thousand arrays': () => fill(60_000, '[]', '[', ']'),
  'nine thousand keys': () => keys(9_000 * 10, '1'),
};

const loop = (body: string): string => `{% for i in (1..9999) %}${body}{% endfor %}`;

/** Templates that do as much work as they may, each with the value that is rendered as `x`. */
export const HOSTILE_TEMPLATES: Readonly<Record<string, readonly [source: string, x: unknown]>> = {
  'escape in a loop': [loop('{% assign y = x | escape %}'), '<'.repeat(100_000)],
  'squish in a loop': [loop('{% assign y = x | squish %}'), 'a b '.repeat(50_000)],
  'upcase beyond ASCII in a loop': [loop('{% assign y = x | upcase %}'), 'ß'.repeat(100_000)],
  'truncate in a loop': [loop('{% assign y = x | truncate: 99999 %}'), 'a'.repeat(100_000)],
  'split and join in a loop': [loop('{% assign y = x | split: "" | join: "-" %}'), 'ab'.repeat(5_000)],
  'uniq of long texts in a loop': [
    loop('{% assign y = x | uniq %}'),
    Array.from({ length: 9 }, (_, nth) => `${'x'.repeat(50_000)}${String(nth)}`),
  ],
  'sort in a loop': [
    loop('{% assign y = x | sort: "a.b" %}'),
    Array.from({ length: 2_000 }, (_, nth) => ({ a: { b: String((nth * 7919) % 2_000) } })),
  ],
  'a number of many digits in a loop': [loop('{% assign y = x | plus: 1 %}'), '1'.repeat(100_000)],
  doubling: [`{% assign a = x %}${'{% assign a = a | append: a | escape %}'.repeat(60)}`, '<<<<'],
  'loops in loops': [
    '{% for a in (1..900) %}{% for b in (1..900) %}{% if b %}{% capture c %}{{ b }}{% endcapture %}{% endif %}{% endfor %}{% endfor %}',
    0,
  ],
  'JSON of many values': ['{{ x | json: 10 | size }}', Array(20_000).fill([])],
  'a member that none of many has': ['{% for i in x %}{{ i.absent }}{% endfor %}', Array(20_000).fill({})],
};
