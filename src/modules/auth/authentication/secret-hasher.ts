import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';

/**
 * Hashes a key's secret for storage. HMAC and not a password hash: the secret has 256 bits, so it cannot be guessed, and
 * a slow hash on every request would be a way to put the service down.
 */
@Injectable()
export class SecretHasher {
  /** Made once: Node takes longer to make a key of a text for each request than to hash. */
  private readonly key: KeyObject;

  constructor(config: AppConfig) {
    const { keyHashSecret } = config.backends;
    if (keyHashSecret === null) throw new Error('a process that checks keys needs KEY_HASH_SECRET');
    this.key = createSecretKey(keyHashSecret, 'utf8');
  }

  hash(secret: string): Buffer {
    return createHmac('sha256', this.key).update(secret).digest();
  }

  /** In constant time. */
  matches(secret: string, storedHmac: Buffer): boolean {
    const hmac = this.hash(secret);
    return hmac.length === storedHmac.length && timingSafeEqual(hmac, storedHmac);
  }
}
