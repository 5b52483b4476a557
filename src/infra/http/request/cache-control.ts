const NO_CACHE = /(?:^|,)\s*no-cache\s*(?:,|$)/i;

/** Whether the client wants an answer that no cache had a part in: `Cache-Control: no-cache` in its request. */
export function asksForFresh(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && NO_CACHE.test(cacheControl);
}
