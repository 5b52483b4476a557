import { Injectable } from '@nestjs/common';
import { CallbackUrlPolicy } from '../../infra/outbound/index.js';
import { ValidationError } from '../../kernel/index.js';
import { ProviderRegistry } from '../providers/index.js';
import { NoSecretTakenError } from './errors.js';

/** Chooses the host that a key is sent to, and bound to from then on. */
@Injectable()
export class SecretOrigins {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly policy: CallbackUrlPolicy,
  ) {}

  /**
   * @param baseUrl as sent by the project; null for the operator's address, or the vendor's.
   * @throws ProviderNotFoundError `PROVIDER_NOT_FOUND`
   * @throws ValidationError `VALIDATION_FAILED` for a provider that takes no key, and for a forbidden address.
   */
  choose(provider: string, baseUrl: string | null): string {
    if (!this.registry.takesSecret(provider)) throw new NoSecretTakenError(provider);
    if (baseUrl !== null) this.assertAddress(provider, baseUrl);
    const origin = this.registry.findOrigin(provider, baseUrl);
    if (origin !== null) return origin;
    throw new ValidationError(`Send a base_url: the operator has configured no address for "${provider}".`, [
      { pointer: '/base_url', message: 'is missing' },
    ]);
  }

  private assertAddress(provider: string, baseUrl: string): void {
    const fail = (message: string) => {
      throw new ValidationError(`Send another base_url: it ${message}.`, [{ pointer: '/base_url', message }]);
    };
    if (!this.registry.takesBaseUrl(provider)) fail(`cannot be chosen for provider "${provider}"`);
    this.policy.assertAllowed(baseUrl, '/base_url');
    if (/[?#]/.test(baseUrl)) fail('must have neither a query nor a fragment');
  }
}
