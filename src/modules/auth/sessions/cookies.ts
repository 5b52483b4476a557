import type { Transport } from './transport.js';

/**
 * The `__Host-` prefix makes browsers refuse the cookie from another host, another path or without TLS. Over plain HTTP on loopback they
 * would refuse it altogether, and many clients would refuse a `Secure` cookie too.
 */
const HOST_PREFIX = '__Host-';

/** @param name without the prefix. */
export function cookieName(name: string, transport: Transport): string {
  return transport === 'tls' ? `${HOST_PREFIX}${name}` : name;
}

/** Returns the value of `Set-Cookie`. Scripts never see the cookie, and requests from other sites carry it only when they open a page. */
export function formatCookie(
  name: string,
  value: string,
  { transport, maxAgeS }: { readonly transport: Transport; readonly maxAgeS: number },
): string {
  const secure = transport === 'tls' ? '; Secure' : '';
  return `${cookieName(name, transport)}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly${secure}; SameSite=Lax`;
}

/** Makes the browser forget a cookie. */
export function formatRemoval(name: string, transport: Transport): string {
  return formatCookie(name, '', { transport, maxAgeS: 0 });
}

/**
 * @param header the value of `Cookie`; undefined for none.
 * @returns null if there is no such cookie, or several, because it is unknown which one the service has set.
 */
export function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined) return null;
  const values = header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=');
    return equals !== -1 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : [];
  });
  return values.length === 1 ? (values[0] as string) : null;
}
