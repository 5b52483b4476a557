import type { IncomingHttpHeaders } from 'node:http';

/** Headers by name, case-insensitive. A null removes a header set before. */
export type VendorHeaders = Readonly<Record<string, string | null>>;

const COMMON_HEADERS: VendorHeaders = { accept: 'application/json', 'user-agent': 'prompt-ledger' };

/**
 * Returns the headers that an adapter sends with every request, as alternating names and values.
 * @param attemptIdHeader lower case; left out of the result, because each request sets its own
 */
export function baseHeaders(headers: VendorHeaders, attemptIdHeader: string): string[] {
  // The body is always JSON, whatever the settings say.
  const fixed = { 'content-type': 'application/json', [attemptIdHeader]: null };
  return flatHeaders([COMMON_HEADERS, headers, fixed]);
}

/** Returns alternating names and values. The last header of a name wins. */
function flatHeaders(layers: readonly VendorHeaders[]): string[] {
  const byName = new Map<string, string | null>();
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) byName.set(name.toLowerCase(), value);
  }
  return [...byName].flatMap(([name, value]) => (value === null ? [] : [name, value]));
}

/** Parses `Name: value` lines of a variable such as OPENAI_CUSTOM_HEADERS, as the vendors' own packages do. Names are in lower case. */
export function parseHeaderLines(lines: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of (lines ?? '').split('\n')) {
    const colon = line.indexOf(':');
    if (colon >= 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

/** Returns the value of a response header. Several values are joined by commas. */
export function readHeader(headers: IncomingHttpHeaders, lowerCaseName: string): string | null {
  const value = headers[lowerCaseName];
  return value === undefined ? null : String(value);
}
