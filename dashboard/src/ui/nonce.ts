/** The nonce of this page, for styles that a library adds to it. Browsers hide the attribute, but not the property. */
export const nonce =
  document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ??
  document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ??
  '';
