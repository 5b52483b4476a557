import { LedgerError } from '../../kernel/index.js';
import type { Scope } from './roles/scopes.js';

export class UnauthorizedError extends LedgerError {
  constructor() {
    super({
      code: 'UNAUTHORIZED',
      status: 401,
      title: 'No valid key',
      detail:
        'Send a valid key in the header "X-API-Key" or as "Authorization: Bearer <key>"; in a browser, sign in again.',
      headers: { 'WWW-Authenticate': 'Bearer realm="prompt-ledger"' },
    });
  }
}

export class ForbiddenError extends LedgerError {
  constructor(missing: readonly Scope[], detail?: string) {
    const names = missing.join(', ');
    super({
      code: 'FORBIDDEN',
      status: 403,
      title: 'The key may not do this',
      detail: detail ?? `This call needs the scope ${names}, which the key lacks; use a key that has it.`,
      extensions: { missing_scopes: missing },
    });
  }
}

export class KeyNotFoundError extends LedgerError {
  constructor(keyId: string) {
    super({
      code: 'KEY_NOT_FOUND',
      status: 404,
      title: 'No such key',
      detail: `Key "${keyId}" was not found; GET /v1/keys lists all keys.`,
    });
  }
}

export class KeyRevokedError extends LedgerError {
  constructor(keyId: string) {
    super({
      code: 'KEY_REVOKED',
      status: 409,
      title: 'The key is revoked or expired',
      detail: `Key "${keyId}" is revoked or expired, and a new secret would not bring it back; make another key with POST /v1/keys.`,
    });
  }
}

export class UserNotFoundError extends LedgerError {
  /** @param hint what else to do, as a clause. */
  constructor(userId: string, hint = 'GET /v1/users lists all users') {
    super({
      code: 'USER_NOT_FOUND',
      status: 404,
      title: 'No such user',
      detail: `User "${userId}" was not found in this project; ${hint}.`,
    });
  }
}
