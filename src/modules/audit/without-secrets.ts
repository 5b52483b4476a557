const HIDDEN = '***';
/** Matches members whose name marks their text as a secret. Numbers such as `tokens_per_minute` are not secret. */
const SECRET_NAME = /^(?!.*_id$).*(?:secret|password|authorization|token)|^(?:api_?)?key$|_key$/i;
/** Receivers' URLs contain secrets in paths and queries, so only the host is shown. */
const ADDRESS_NAME = /callback|webhook|(?:^|_)url$/i;
const URL_START = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i;
/** Matches our keys, webhook secrets, and vendors' keys, anywhere in a text. */
const SECRET_TEXT =
  /\bpl_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}_\w+|\bwhsec_[\w+/=-]+|\bsk-[\w-]{8,}|\bBearer\s+[\w.~+/=-]{8,}/gi;

/**
 * Returns a copy of a value that may be kept in the audit log. Callers pass views without secrets, so this catches what they overlook, and
 * secrets that people put in the wrong place.
 */
export function withoutSecrets<T>(value: T): T {
  return hide(value, '') as T;
}

function hide(value: unknown, name: string): unknown {
  if (typeof value === 'string') return hideText(value, name);
  if (Array.isArray(value)) return value.map((each) => hide(each, name));
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([member, each]) => [member, hide(each, member)]));
}

function hideText(text: string, name: string): string {
  if (SECRET_NAME.test(name)) return HIDDEN;
  if (URL_START.test(text) && URL.canParse(text)) return hideUrl(new URL(text), ADDRESS_NAME.test(name));
  return text.replaceAll(SECRET_TEXT, HIDDEN);
}

function hideUrl(url: URL, isAddress: boolean): string {
  const rest = isAddress ? url.pathname + url.search + url.hash : url.search + url.hash;
  const kept = `${url.protocol}//${url.host}${isAddress ? '' : url.pathname.replaceAll(SECRET_TEXT, HIDDEN)}`;
  return rest === '' || rest === '/' ? kept : `${kept}${isAddress ? '/' : ''}${HIDDEN}`;
}
