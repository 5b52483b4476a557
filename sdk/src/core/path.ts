import { ConfigurationError } from './errors.js';

/** Builds a path whose values are single segments, as in `/v1/prompts/${name}`. A slash in a value is sent as `%2F`. */
export function path(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return texts.reduce((whole, text, index) => whole + toSegment(values[index - 1]) + text);
}

function toSegment(value: string | number | undefined): string {
  const segment = encodeURIComponent(value ?? '');
  // URLs resolve these away, even percent-encoded, and the request would go elsewhere.
  if (['', '.', '..'].includes(segment)) throw new ConfigurationError(`"${segment}" is not a valid name.`);
  return segment;
}

type QueryScalar = string | number | boolean | Date;
export type QueryValue = QueryScalar | Readonly<Record<string, string>> | null | undefined;

/** Builds the query with its question mark; empty when no value is set. Each member of an object is a value: `metadata[user]=4711`. */
export function toQuery(values: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values) as [string, QueryValue][]) {
    if (value == null) continue;
    if (typeof value !== 'object' || value instanceof Date) query.set(name, toText(value));
    else for (const [member, text] of Object.entries(value)) query.set(`${name}[${member}]`, text);
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function toText(value: QueryScalar): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
