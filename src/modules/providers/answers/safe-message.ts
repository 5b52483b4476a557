import { toUSVString } from 'node:util';

const MAX_LENGTH = 300;
/** Characters that are searched, because the patterns below take quadratic time in the length of a word. */
const MAX_READ = 2000;
/** Fewer letters in common with the prompt are chance, not a quotation. */
const QUOTATION_LENGTH = 12;

export interface Secrets {
  /** Credentials that must not appear. */
  readonly credentials: readonly string[];
  /** Texts that must not be quoted: the prompt. */
  readonly texts: readonly string[];
}

/**
 * Returns the part of a vendor's error message that may be stored and shown: one line, at most 300 characters, credentials
 * redacted. Vendors echo them ("Incorrect API key provided: sk-ab***yz") and quote the prompt ("Invalid
 * value: '…'"); a message that quotes is dropped whole, because the rest could still be the prompt.
 *
 * @returns null when there is nothing safe to say.
 */
export function safeVendorMessage(message: unknown, secrets: Secrets): string | null {
  if (typeof message !== 'string') return null;
  const line = message
    .trimStart()
    .slice(0, MAX_READ)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  const safe = shorten(redact(line, secrets.credentials));
  return safe === '' || secrets.texts.some((text) => quotes(safe, text)) ? null : safe;
}

function redact(line: string, credentials: readonly string[]): string {
  let safe = line;
  for (const credential of credentials) {
    if (credential !== '') safe = safe.replaceAll(credential, '[redacted]');
  }
  return (
    safe
      // A half-masked key still reveals its ends, and vendors mask different parts.
      .replace(/\S*\*{2,}\S*/g, '[redacted]')
      .replace(/\b(?:sk|pk|key|org|proj)-[\w.-]+/gi, '[redacted]')
      .replace(/\b(bearer|(?:api[ _-]?)?key(?: provided)?:)\s+\S+/gi, '$1 [redacted]')
  );
}

/** Compares without white space, which both `safeVendorMessage` and vendors fold. */
function quotes(line: string, text: string): boolean {
  const quoted = text.replace(/\s+/g, '');
  const message = line.replace(/\s+/g, '');
  if (quoted.length < QUOTATION_LENGTH) return quoted.length > 3 && message.includes(quoted);
  for (let start = 0; start + QUOTATION_LENGTH <= message.length; start += 1) {
    if (quoted.includes(message.slice(start, start + QUOTATION_LENGTH))) return true;
  }
  return false;
}

function shorten(line: string): string {
  return line.length <= MAX_LENGTH ? line : `${toUSVString(line.slice(0, MAX_LENGTH - 1))}…`;
}
