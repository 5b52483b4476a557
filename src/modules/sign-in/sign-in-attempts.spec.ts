import { AppConfig, Environment } from '../../infra/config/index.js';
import type { DatabaseClock } from '../../infra/database/index.js';
import { SecretHasher } from '../auth/index.js';
import { SignInAttempts } from './sign-in-attempts.js';

const backends = { databaseUrl: '', keyHashSecret: 'pepper', embedded: true };
const hasher = new SecretHasher(new AppConfig(new Environment(), backends));
const clock = { at: 0, now: () => new Date(clock.at) };
const attempts = new SignInAttempts(hasher, clock as unknown as DatabaseClock);
beforeEach(() => (clock.at = Date.UTC(2026, 10, 28)));

it('is in its cookie, all of it', () => {
  const attempt = attempts.begin('/a?b#c');
  expect(attempts.read(attempt.cookie)).toEqual(attempt);
  expect(attempt.returnTo).toBe('/a?b#c');
});

it('has a state, a nonce and a verifier of its own, none of which stands in the cookie', () => {
  const [one, other] = [attempts.begin('/'), attempts.begin('/')];
  const parts = [one, other].flatMap(({ state, nonce, codeVerifier }) => [state, nonce, codeVerifier]);
  expect(new Set(parts).size).toBe(6);
  for (const part of parts) expect(one.cookie + other.cookie).not.toContain(part);
});

it('ends after ten minutes', () => {
  const { cookie } = attempts.begin('/');
  clock.at += 599_000;
  expect(attempts.read(cookie)).not.toBeNull();
  clock.at += 2000;
  expect(attempts.read(cookie)).toBeNull();
});

it('is nothing that somebody else has made', () => {
  const { cookie } = attempts.begin('/');
  const [secret, expiry, path, seal] = cookie.split('.');
  for (const made of [
    '',
    'a.b.c.d',
    `${secret}.${expiry}.${path}`,
    `${secret}.zzzzzz.${path}.${seal}`,
    `${secret}.${expiry}.Ly9ldmls.${seal}`,
    `${'a'.repeat(43)}.${expiry}.${path}.${seal}`,
  ]) {
    expect(attempts.read(made)).toBeNull();
  }
});
