const HIDDEN = '***';
/** Members whose texts are secrets by their name. Numbers such as `tokens_per_minute` are none. */
const SECRET_NAME = /^(?!.*_id$).*(?:secret|password|authorization|token)|^(?:api_?)?key$|_key$/i;
/** URLs of receivers carry secrets in paths and queries, so only the host is shown. */
const ADDRESS_NAME = /callback|webhook|(?:^|_)url$/i;
const URL_START = /^[a-z][a-z0-9+.-]*:\/\/\S+$/i;
/** Our keys, secrets of webhooks, and keys as vendors write them, wherever they stand in a text. */
const SECRET_TEXT =
  /\bpl_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}_\w+|\bwhsec_[\w+/=-]+|\bsk-[\w-]{8,}|\bBearer\s+[\w.~+/=-]{8,}/gi;

/**
 * Returns a value as the audit log may keep it. Callers pass views without secrets; this is for what they overlook, and for what
 * people put where it does not belong. It copies, so that nothing else changes.
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
