import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infra/config/index.js';

/**
 * Hashes a key's secret for storage. Uses an HMAC instead of a password hash: 256 bits cannot be guessed, and a slow hash on every request
 * would allow denial of service.
 */
@Injectable()
export class SecretHasher {
  /** Created once, because Node takes longer to create a key from a text than to hash. */
  private readonly key: KeyObject;

  constructor(config: AppConfig) {
    const { keyHashSecret } = config.backends;
    if (keyHashSecret === null) throw new Error('a process that checks keys needs KEY_HASH_SECRET');
    this.key = createSecretKey(keyHashSecret, 'utf8');
  }

  hash(secret: string): Buffer {
    return createHmac('sha256', this.key).update(secret).digest();
  }

  /** Compares in constant time. */
  matches(secret: string, storedHmac: Buffer): boolean {
    const hmac = this.hash(secret);
    return hmac.length === storedHmac.length && timingSafeEqual(hmac, storedHmac);
  }
}
