import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SecretHasher } from '../authentication/secret-hasher.js';
import { newSecret } from '../authentication/key-secret.js';

const COOKIE = /^([0-9A-Za-z]{43})\.([\w-]{43})$/;

/** The parts of a session that only its cookie holds. */
export interface SessionToken {
  /** The content of the cookie. */
  readonly cookie: string;
  /** Finds the row of the session. */
  readonly hmac: Buffer;
  /** The value that unsafe requests of the session must send. */
  readonly csrfToken: string;
}

/**
 * Creates and reads session tokens: 256 random bits and a seal. A forged token lacks the seal and is refused without asking the database.
 */
@Injectable()
export class SessionTokens {
  constructor(private readonly hasher: SecretHasher) {}

  make(): SessionToken {
    return this.toToken(newSecret());
  }

  /** @returns null for a cookie that this service has not created. */
  read(cookie: string): SessionToken | null {
    const [, secret, seal] = COOKIE.exec(cookie) ?? [];
    if (secret === undefined || seal === undefined) return null;
    return isSame(seal, this.seal(secret)) ? this.toToken(secret) : null;
  }

  private toToken(secret: string): SessionToken {
    return {
      cookie: `${secret}.${this.seal(secret)}`,
      hmac: this.hasher.hash(`session:${secret}`),
      csrfToken: this.hasher.hash(`session-csrf:${secret}`).toString('base64url'),
    };
  }

  private seal(secret: string): string {
    return this.hasher.hash(`session-seal:${secret}`).toString('base64url');
  }
}

/** Compares in constant time. */
export function isSame(one: string, other: string): boolean {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
}
