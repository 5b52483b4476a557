export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Returns the project that a request names; null for none, or an empty header. */
export function readProject(headers: RequestHeaders): string | null {
  const named = headers['x-project'];
  return typeof named === 'string' && named !== '' ? named : null;
}

/** Returns the key of a request, from `X-API-Key` or `Authorization: Bearer`. */
export function readCredential(headers: RequestHeaders): string | null {
  const key = headers['x-api-key'];
  if (typeof key === 'string' && key !== '') return key;
  const { authorization } = headers;
  const bearer = typeof authorization === 'string' ? /^Bearer +(\S+) *$/i.exec(authorization) : null;
  return bearer?.[1] ?? null;
}
