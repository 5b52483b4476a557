import { AppConfig, parseEnvironment } from '../../../infra/config/index.js';
import { SecretHasher } from './secret-hasher.js';

function hasherWith(keyHashSecret: string | null): SecretHasher {
  return new SecretHasher(
    new AppConfig(parseEnvironment({}), { databaseUrl: '', keyHashSecret, embedded: false }),
  );
}

describe('SecretHasher', () => {
  const hasher = hasherWith('pepper');

  it('is HMAC-SHA-256 with the secret of the service', () => {
    // printf '%s' 'a secret' | openssl dgst -sha256 -hmac pepper
    expect(hasher.hash('a secret').toString('hex')).toBe(
      'a8ae2bf02eb94e89d316e231ea094e2b569d86456b46a95c4066ab3bf055b9a5',
    );
  });

  it('matches the hash of the same secret by the same service, and nothing else', () => {
    const stored = hasher.hash('a secret');
    expect(hasher.matches('a secret', stored)).toBe(true);
    expect(hasher.matches('another', stored)).toBe(false);
    expect(hasherWith('salt').matches('a secret', stored)).toBe(false);
    expect(hasher.matches('a secret', stored.subarray(1))).toBe(false);
    expect(hasher.matches('a secret', Buffer.alloc(0))).toBe(false);
  });

  it('does not begin without its secret', () => {
    expect(() => hasherWith(null)).toThrow('a process that checks keys needs KEY_HASH_SECRET');
  });
});
