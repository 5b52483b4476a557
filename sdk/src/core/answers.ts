import type { Problem } from '../wire/problem.js';

/** @returns undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** @returns null when the body is not a problem of the ledger. */
export function problemOf(body: string): Problem | null {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { code, detail } = parsed as Partial<Problem>;
  return typeof code === 'string' && typeof detail === 'string' ? (parsed as Problem) : null;
}
