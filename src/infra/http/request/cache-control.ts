const NO_CACHE = /(?:^|,)\s*no-cache\s*(?:,|$)/i;

/** Whether the client asks for an uncached answer with `Cache-Control: no-cache`. */
export function asksForFresh(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && NO_CACHE.test(cacheControl);
}
