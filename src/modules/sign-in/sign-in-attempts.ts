import { Injectable } from '@nestjs/common';
import { DatabaseClock } from '../../infra/database/index.js';
import { isSame, newSecret, SecretHasher } from '../auth/index.js';

/** How long signing in with the provider may take. */
export const ATTEMPT_MAX_AGE_S = 600;
const COOKIE = /^([0-9A-Za-z]{43})\.([0-9a-z]{1,12})\.([\w-]{1,4096})\.([\w-]{43})$/;

/** The secrets of one attempt to sign in. */
export interface SignInAttempt {
  /** The cookie that the browser keeps until it returns. */
  readonly cookie: string;
  readonly state: string;
  readonly nonce: string;
  /** The secret that proves to the provider that the same client began the sign-in (PKCE). */
  readonly codeVerifier: string;
  readonly returnTo: string;
  /** Identifies the attempt, so that it signs in once. */
  readonly usedHash: Buffer;
}

/**
 * An attempt exists only in a sealed cookie of the browser that started it. Without that cookie, another browser's answer is useless, and a
 * million attempts leave no row. State, nonce and verifier are derived from the cookie's secret, so none of them fits another attempt.
 */
@Injectable()
export class SignInAttempts {
  constructor(
    private readonly hasher: SecretHasher,
    private readonly clock: DatabaseClock,
  ) {}

  begin(returnTo: string): SignInAttempt {
    const expiry = Math.floor(this.clock.now().getTime() / 1000) + ATTEMPT_MAX_AGE_S;
    const payload = `${newSecret()}.${expiry.toString(36)}.${Buffer.from(returnTo).toString('base64url')}`;
    return this.toAttempt(payload);
  }

  /** @returns null for a cookie that this service has not created, and for an expired attempt. */
  read(cookie: string): SignInAttempt | null {
    const [, secret, expiry = '', returnTo, seal = ''] = COOKIE.exec(cookie) ?? [];
    const payload = [secret, expiry, returnTo].join('.');
    if (secret === undefined || !isSame(seal, this.derive('sign-in-seal', payload))) return null;
    if (Number.parseInt(expiry, 36) * 1000 <= this.clock.now().getTime()) return null;
    return this.toAttempt(payload);
  }

  private toAttempt(payload: string): SignInAttempt {
    const [secret = '', , returnTo = ''] = payload.split('.');
    return {
      cookie: `${payload}.${this.derive('sign-in-seal', payload)}`,
      state: this.derive('sign-in-state', secret),
      nonce: this.derive('sign-in-nonce', secret),
      codeVerifier: this.derive('sign-in-verifier', secret),
      returnTo: Buffer.from(returnTo, 'base64url').toString(),
      usedHash: this.hasher.hash(`sign-in-used:${secret}`),
    };
  }

  private derive(purpose: string, from: string): string {
    return this.hasher.hash(`${purpose}:${from}`).toString('base64url');
  }
}
