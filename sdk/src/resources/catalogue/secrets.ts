import { type ApiPromise, type CallOptions, path, type Sent, type Transport } from '../../core/index.js';
import type { PutSecretRequest, Secret, SecretList } from '../../wire/index.js';

/** The project's own keys for providers. No answer contains a key. */
export class SecretsResource {
  constructor(private readonly transport: Transport) {}

  /** Ordered by provider. */
  list(options?: CallOptions): ApiPromise<SecretList> {
    return this.transport.get('/v1/secrets', undefined, options);
  }

  get(provider: string, options?: CallOptions): ApiPromise<Secret> {
    return this.transport.get(path`/v1/secrets/${provider}`, undefined, options);
  }

  /** Sets or replaces the key. Within 5 seconds every process uses it. */
  put(provider: string, request: Sent<PutSecretRequest>, options?: CallOptions): ApiPromise<Secret> {
    return this.transport.put(path`/v1/secrets/${provider}`, request, options);
  }

  delete(provider: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/secrets/${provider}`, options);
  }
}
