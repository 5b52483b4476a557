import { LedgerError } from '../../kernel/index.js';

export class SignInNotConfiguredError extends LedgerError {
  constructor() {
    super({
      code: 'SIGN_IN_NOT_CONFIGURED',
      status: 404,
      title: 'No identity provider is configured',
      detail:
        'Set OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and PUBLIC_URL to sign in with a provider, or sign in with a key: POST /auth/session.',
    });
  }
}

export class SignInFailedError extends LedgerError {
  /** @param reason a clause that reveals nothing of what the provider sent. */
  constructor(reason = 'the answer of the identity provider does not belong to this sign-in') {
    super({
      code: 'SIGN_IN_FAILED',
      status: 401,
      title: 'The sign-in failed',
      detail: `Begin again with GET /auth/login: ${reason}.`,
    });
  }
}

export class SignInRefusedError extends LedgerError {
  /** @param reason one sentence that says what to do. */
  constructor(reason: string) {
    super({ code: 'SIGN_IN_REFUSED', status: 403, title: 'You may not sign in', detail: reason });
  }
}

export class IdentityProviderUnavailableError extends LedgerError {
  constructor(cause: unknown) {
    super({
      code: 'IDENTITY_PROVIDER_UNAVAILABLE',
      status: 503,
      title: 'The identity provider does not answer',
      detail: 'Try again in a moment; if it stays so, check that the service reaches OIDC_ISSUER.',
      retryable: true,
      cause,
    });
  }
}
