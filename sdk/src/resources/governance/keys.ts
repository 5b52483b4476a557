import { type ApiPromise, type CallOptions, path, type Sent, type Transport } from '../../core/index.js';
import type {
  ChangeKeyRequest,
  CreatedKey,
  CreateKeyRequest,
  Key,
  KeyList,
  RotateKeyRequest,
} from '../../wire/index.js';

/** API keys. */
export class KeysResource {
  constructor(private readonly transport: Transport) {}

  /** Creates a key. Only this answer contains the key itself. */
  create(request: Sent<CreateKeyRequest>, options?: CallOptions): ApiPromise<CreatedKey> {
    return this.transport.post('/v1/keys', request, options);
  }

  list(options?: CallOptions): ApiPromise<KeyList> {
    return this.transport.get('/v1/keys', undefined, options);
  }

  /** Changes the rate limits of a key, in effect everywhere within seconds. */
  change(keyId: string, request: Sent<ChangeKeyRequest>, options?: CallOptions): ApiPromise<Key> {
    return this.transport.patch(path`/v1/keys/${keyId}`, request, options);
  }

  /** Gives a key a new secret, which only this answer contains. The current one works until the overlap ends. */
  rotate(keyId: string, request: Sent<RotateKeyRequest> = {}, options?: CallOptions): ApiPromise<CreatedKey> {
    return this.transport.post(path`/v1/keys/${keyId}:rotate`, request, options);
  }

  revoke(keyId: string, options?: CallOptions): ApiPromise<void> {
    return this.transport.delete(path`/v1/keys/${keyId}`, options);
  }
}
