import { ValidationError } from '../../kernel/index.js';

const MAX_LENGTH = 2048;
/** More rounds of decoding than any proxy applies. */
const DECODINGS = 3;
/** Browsers read a backslash as a slash, and drop tabs and line breaks. */
const UNSAFE = /[\\\p{C}\p{Zl}\p{Zp}]/u;

/**
 * Returns the path to open after signing in: always of this service, however it is written or decoded on the way.
 * @param origin of this service.
 * @returns the path with its query and fragment, percent-encoded.
 * @throws ValidationError `VALIDATION_FAILED`
 */
export function readReturnPath(text: string | undefined, origin: string): string {
  if (text === undefined || text === '') return '/';
  const path = isOwnPath(text, origin) ? toPath(text, origin) : '';
  if (path !== '' && path.length <= MAX_LENGTH) return path;
  throw new ValidationError(
    'Send a return_to that is a path of this service, such as "/prompts?tag=docs"; it begins with one slash.',
    [{ pointer: '/return_to', message: 'must be a path of this service' }],
  );
}

function isOwnPath(text: string, origin: string): boolean {
  let decoded = text;
  for (let time = 0; time <= DECODINGS; time += 1) {
    if (!/^\/(?!\/)/.test(decoded) || UNSAFE.test(decoded)) return false;
    // Dot segments may leave two slashes at the front.
    if (!/^\/(?!\/)/.test(toPath(decoded, origin))) return false;
    decoded = decode(decoded);
  }
  return true;
}

/** @returns an empty string for a target on another origin. */
function toPath(text: string, origin: string): string {
  if (!URL.canParse(text, origin)) return '';
  const url = new URL(text, origin);
  return url.origin === origin ? url.pathname + url.search + url.hash : '';
}

/** Leaves badly encoded text as it is, because nothing decodes it further. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
