import { LedgerError } from '../../../kernel/index.js';

export class CsrfTokenInvalidError extends LedgerError {
  constructor() {
    super({
      code: 'CSRF_TOKEN_INVALID',
      status: 403,
      title: 'The request does not prove where it comes from',
      detail:
        'Send the csrf_token of GET /v1/me in the header "X-CSRF-Token": a request of a session that changes something needs it.',
    });
  }
}

export class CrossOriginError extends LedgerError {
  constructor() {
    super({
      code: 'CROSS_ORIGIN_REFUSED',
      status: 403,
      title: 'Another site sent this',
      detail: 'Sign in on a page of this service: a page of another origin may not do it for you.',
    });
  }
}

export class InsecureTransportError extends LedgerError {
  constructor() {
    super({
      code: 'INSECURE_TRANSPORT',
      status: 403,
      title: 'A session needs an encrypted connection',
      detail:
        'Use https: over plain HTTP a session works on this machine only. Behind a proxy that ends TLS, set TRUSTED_PROXIES and have it send X-Forwarded-Proto.',
    });
  }
}

export class NoProjectError extends LedgerError {
  constructor() {
    super({
      code: 'NO_PROJECT',
      status: 403,
      title: 'You are not a member of any project',
      detail:
        'Ask an admin to make you a member with PUT /v1/members/{user_id}; GET /v1/me says your user_id.',
    });
  }
}
