/**
 * Returns the policy for what the page may load and do. Scripts run by the nonce, and so do the modules that they import; styles
 * come from this origin or with the nonce, and styles that a script sets through the CSSOM need neither. No text becomes markup
 * or code: the one policy of Trusted Types makes the address of the page's worker, can be created once, and nothing else.
 *
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
