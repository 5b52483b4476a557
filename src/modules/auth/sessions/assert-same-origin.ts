import type { Request } from 'express';
import { CrossOriginError } from './errors.js';

/**
 * Signing in needs no cookie, so no cookie's rules protect it: a page of another site could sign its visitor in to another account.
 * Browsers say where a request comes from, so a request that does not say it is not from a browser.
 * @param publicUrl the public origin of the service; null if not configured.
 * @throws CrossOriginError `CROSS_ORIGIN_REFUSED`
 */
export function assertSameOrigin(
  { headers, host }: Pick<Request, 'headers' | 'host'>,
  publicUrl: string | null,
): void {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site === 'cross-site') throw new CrossOriginError();
  if (origin === undefined || origin === publicUrl) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host.toLowerCase()) throw new CrossOriginError();
}
