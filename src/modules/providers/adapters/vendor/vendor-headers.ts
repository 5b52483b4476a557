import type { IncomingHttpHeaders } from 'node:http';

/** Headers by name, in any case. A null removes a header that was set before. */
export type VendorHeaders = Readonly<Record<string, string | null>>;

const COMMON_HEADERS: VendorHeaders = { accept: 'application/json', 'user-agent': 'prompt-ledger' };

/**
 * Returns the headers that an adapter sends with every request, as names and values in turn.
 * @param attemptIdHeader lower case; left out of it, because each request says its own
 */
export function baseHeaders(headers: VendorHeaders, attemptIdHeader: string): string[] {
  // The body is JSON whatever the settings say.
  const fixed = { 'content-type': 'application/json', [attemptIdHeader]: null };
  return flatHeaders([COMMON_HEADERS, headers, fixed]);
}

/** Names and values in turn. Of several headers of one name the last one holds. */
function flatHeaders(layers: readonly VendorHeaders[]): string[] {
  const byName = new Map<string, string | null>();
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) byName.set(name.toLowerCase(), value);
  }
  return [...byName].flatMap(([name, value]) => (value === null ? [] : [name, value]));
}

/** `Name: value` lines of a variable such as OPENAI_CUSTOM_HEADERS, read as the vendors' own packages read them. Names in lower case. */
export function parseHeaderLines(lines: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of (lines ?? '').split('\n')) {
    const colon = line.indexOf(':');
    if (colon >= 0) headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

/** The value of a header of an answer; of several, all of them with commas between. */
export function readHeader(headers: IncomingHttpHeaders, lowerCaseName: string): string | null {
  const value = headers[lowerCaseName];
  return value === undefined ? null : String(value);
}
