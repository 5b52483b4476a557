import { ConfigurationError } from './errors.js';

/** A path whose values are single segments: `path` of `/v1/prompts/${name}`. A slash in a value is sent as `%2F`. */
export function path(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return texts.reduce((whole, text, index) => whole + segmentOf(values[index - 1]) + text);
}

function segmentOf(value: string | number | undefined): string {
  const segment = encodeURIComponent(value ?? '');
  // URLs resolve these away, percent-encoded too, and the request would be for something else.
  if (['', '.', '..'].includes(segment)) throw new ConfigurationError(`"${segment}" is no name.`);
  return segment;
}

export type QueryValue = string | number | boolean | Date | null | undefined;

/** With its question mark; empty when no value is set. */
export function queryOf(values: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values) as [string, QueryValue][]) {
    if (value != null) query.set(name, value instanceof Date ? value.toISOString() : String(value));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}
