/**
 * Returns the policy for what the page may load and do. Scripts need the nonce, which extends to the modules that they import. Styles come
 * from this origin or need the nonce, but those set by a script through the CSSOM need neither. No text becomes markup or code: the only
 * Trusted Types policy creates the URL of the page's worker, and can be created only once.
 * @param nonce of this response, in base64.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types prompt-ledger-worker',
  ].join('; ');
}
