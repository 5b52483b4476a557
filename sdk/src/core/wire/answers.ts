import { parseJson as parseKept } from '../../../../src/kernel/json/kept-json.js';
import type { Problem } from '../../wire/problem.js';
import { PromptLedgerError } from '../errors.js';

/** Parses JSON and keeps the number spelling and key order that parsing would lose, for `toJsonText`. @returns undefined for other text. */
export function parseJson(text: string): unknown {
  try {
    return parseKept(text);
  } catch {
    return undefined;
  }
}

/** @returns null when the body is not one of the ledger's problems. */
export function parseProblem(body: string): Problem | null {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { code, detail } = parsed as Partial<Problem>;
  return typeof code === 'string' && typeof detail === 'string' ? (parsed as Problem) : null;
}

/** @throws PromptLedgerError `ANSWER_UNREADABLE` */
export function parseAnswer(body: string, url: string): unknown {
  if (body === '') return undefined;
  const parsed = parseJson(body);
  if (parsed === undefined) throw notFromLedger(url, 'JSON');
  return parsed;
}

export function notFromLedger(url: string, expected: string): PromptLedgerError {
  return new PromptLedgerError(
    'ANSWER_UNREADABLE',
    `What ${url} answered is not ${expected}: is it a ledger's URL?`,
  );
}

/** Finds the reason of a failed `fetch`. undici's own message is only "fetch failed", and the cause has the reason. */
export function describeReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  // When several addresses failed, the error has a code and an empty message.
  return cause.message === '' ? ((cause as { code?: string }).code ?? cause.name) : cause.message;
}
