import { LedgerError, ValidationError } from '../../kernel/index.js';

export class SecretNotFoundError extends LedgerError {
  constructor(provider: string) {
    super({
      code: 'SECRET_NOT_FOUND',
      status: 404,
      title: 'No such secret',
      detail: `A key of the project for provider "${provider}" was not found; GET /v1/secrets lists all keys.`,
    });
  }
}

/** 503 `SECRETS_NOT_CONFIGURED`: nothing can be encrypted here. */
export class SecretsNotConfiguredError extends LedgerError {
  constructor() {
    super({
      code: 'SECRETS_NOT_CONFIGURED',
      status: 503,
      title: 'Secrets cannot be kept',
      detail:
        'Set SECRETS_KEY to 32 random bytes in base64 or hex, the same for every process, and restart the service.',
    });
  }
}

/** 503 `SECRET_UNREADABLE`: the operator's key is never used instead. */
export class SecretUnreadableError extends LedgerError {
  /** @param reason a clause about the key. */
  constructor(provider: string, reason: string) {
    super({
      code: 'SECRET_UNREADABLE',
      status: 503,
      title: 'A secret cannot be read',
      detail: `The project's key for provider "${provider}" ${reason}; restore that, or put the key again with PUT /v1/secrets/${provider}.`,
    });
  }
}

/** 400 `VALIDATION_FAILED` for a provider that does not support a project's key. */
export class NoSecretTakenError extends ValidationError {
  constructor(provider: string) {
    super(`Provider "${provider}" does not accept project keys; choose another provider.`, [
      { pointer: '/provider', message: 'does not accept project keys' },
    ]);
  }
}
