import { digestText, formatKey, isSameDigest, readKeyId, newSecret, parseKey } from './key-secret.js';

const KEY_ID = '01a204f2-89d6-751a-a4fa-d9b1aa7b92e1';

describe('a key', () => {
  it('has a secret of 43 base62 characters, another each time', () => {
    const secrets = Array.from({ length: 100 }, newSecret);
    for (const secret of secrets) expect(secret).toMatch(/^[0-9A-Za-z]{43}$/);
    expect(new Set(secrets).size).toBe(100);
  });

  it('is read back as it was written', () => {
    const key = { keyId: KEY_ID, secret: newSecret() };
    expect(parseKey(formatKey(key))).toEqual(key);
  });

  it.each([
    '',
    'dev-key-change-in-production',
    `pl_${KEY_ID}`,
    `pl_${KEY_ID}_short`,
    `pl_${KEY_ID.toUpperCase()}_${'a'.repeat(43)}`,
    `pl_${KEY_ID}_${'a'.repeat(43)} `,
    ` pl_${KEY_ID}_${'a'.repeat(43)}`,
    `${KEY_ID}pl_${KEY_ID}_${'a'.repeat(43)}`,
    `pl_${KEY_ID}_${'ä'.repeat(43)}`,
  ])('is not read from %j', (text) => {
    expect(parseKey(text)).toBeNull();
  });
});

describe('isSameDigest', () => {
  it.each([
    ['a', 'a', true],
    ['', '', true],
    ['a', 'b', false],
    ['a', 'aa', false],
    ['ä', 'a', false],
  ])('compares %j and %j', (a, b, expected) => {
    expect(isSameDigest(digestText(a), digestText(b))).toBe(expected);
  });
});

describe('keyIdOf', () => {
  it('cuts the id out of a key', () => {
    const key = { keyId: '01a204f2-89d6-751a-a4fa-d9b1aa7b92e1', secret: newSecret() };
    expect(readKeyId(formatKey(key))).toBe(parseKey(formatKey(key))?.keyId);
    expect(readKeyId('')).toBe('');
  });
});
