import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig, type SecretsKeys } from '../../../infra/config/index.js';
import { SecretsNotConfiguredError, SecretUnreadableError } from '../errors.js';
import { decrypt, encrypt } from './sealed-bytes.js';

const DATA_KEY_BYTES = 32;

/** The project, provider and host that a secret is bound to. */
export interface SecretPlace {
  readonly projectId: string;
  readonly provider: string;
  /** Scheme, host and port of the only address that it is sent to. */
  readonly origin: string;
}

export interface SealedSecret {
  readonly sealedKey: Buffer;
  readonly wrappedKey: Buffer;
  /** The id of the wrapping key. */
  readonly wrappedBy: string;
}

/**
 * Envelope encryption: each secret has its own key, which `SECRETS_KEY` wraps. A rotation therefore only rewraps that key and leaves the
 * secret as it is.
 */
@Injectable()
export class SecretSealer {
  private readonly keys: SecretsKeys;

  constructor(config: AppConfig) {
    this.keys = config.secretsKeys;
  }

  /** The id of the key that wraps new secrets; null if none is configured. */
  get currentId(): string | null {
    return this.keys.current?.id ?? null;
  }

  /** Returns whether this process has the key to read a secret. */
  canUnwrap({ wrappedBy }: Pick<SealedSecret, 'wrappedBy'>): boolean {
    return this.keys.all.some(({ id }) => id === wrappedBy);
  }

  /** @throws SecretsNotConfiguredError `SECRETS_NOT_CONFIGURED` */
  seal(place: SecretPlace, secret: string): SealedSecret {
    const { current } = this.keys;
    if (current === null) throw new SecretsNotConfiguredError();
    const dataKey = randomBytes(DATA_KEY_BYTES);
    const context = toContext(place);
    return {
      sealedKey: encrypt(dataKey, Buffer.from(secret), context),
      wrappedKey: encrypt(current.bytes, dataKey, context),
      wrappedBy: current.id,
    };
  }

  /** @throws SecretUnreadableError `SECRET_UNREADABLE` without its key, and for moved or modified secrets. */
  open(place: SecretPlace, sealed: SealedSecret): string {
    const dataKey = this.unwrap(place, sealed);
    try {
      return decrypt(dataKey, sealed.sealedKey, toContext(place)).toString();
    } catch {
      throw new SecretUnreadableError(place.provider, 'was changed in the database');
    }
  }

  /** Wraps the secret's key with the current key. @throws what {@link seal} and {@link open} throw. */
  rewrap(place: SecretPlace, sealed: SealedSecret): Pick<SealedSecret, 'wrappedKey' | 'wrappedBy'> {
    const { current } = this.keys;
    if (current === null) throw new SecretsNotConfiguredError();
    const wrappedKey = encrypt(current.bytes, this.unwrap(place, sealed), toContext(place));
    return { wrappedKey, wrappedBy: current.id };
  }

  private unwrap(place: SecretPlace, { wrappedKey, wrappedBy }: SealedSecret): Buffer {
    const key = this.keys.all.find(({ id }) => id === wrappedBy);
    if (key === undefined) throw new SecretUnreadableError(place.provider, MISSING_KEY);
    try {
      return decrypt(key.bytes, wrappedKey, toContext(place));
    } catch {
      throw new SecretUnreadableError(place.provider, 'was changed in the database');
    }
  }
}

export const MISSING_KEY = 'was wrapped by a key that is neither SECRETS_KEY nor among SECRETS_KEY_PREVIOUS';

/**
 * Returns the first 64 bits of the key's SHA-256: enough to tell keys apart and to compare them, too few to recover the key. The output of
 * `printf %s "$KEY" | sha256sum` begins with it.
 */
export function fingerprintSecret(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 16)}`;
}

/** A JSON array, so that no two places have the same text. */
function toContext({ projectId, provider, origin }: SecretPlace): Buffer {
  return Buffer.from(JSON.stringify(['prompt-ledger project secret 1', projectId, provider, origin]));
}
