import { parseEnvironment } from './environment.js';
import { parseWrappingKey, readSecretsKeys } from './secrets-keys.js';

const BYTES = Buffer.alloc(32, 7);

it.each([
  BYTES.toString('hex'),
  BYTES.toString('hex').toUpperCase(),
  BYTES.toString('base64'),
  BYTES.toString('base64url'),
  ` ${BYTES.toString('base64')} `,
])('reads the key %j', (text) => {
  expect(parseWrappingKey(text)?.bytes.equals(BYTES)).toBe(true);
  expect(parseWrappingKey(text)?.id).toMatch(/^[0-9a-f]{16}$/);
});

it.each([
  '',
  'secret',
  'a'.repeat(63),
  'g'.repeat(64),
  Buffer.alloc(31).toString('base64'),
  Buffer.alloc(33).toString('base64'),
])('refuses %j, at the start and without repeating it', (text) => {
  expect(parseWrappingKey(text)).toBeNull();
  if (text === '') return;
  const refusal = 'SECRETS_KEY must be 32 random bytes in base64 or hex.';
  expect(() => parseEnvironment({ SECRETS_KEY: text })).toThrow(refusal);
  expect(() => parseEnvironment({ SECRETS_KEY_PREVIOUS: `${BYTES.toString('hex')},${text}` })).toThrow(
    'SECRETS_KEY_PREVIOUS',
  );
});

it('has the key of now first, and those of before', () => {
  const other = Buffer.alloc(32, 8).toString('base64');
  const { current, all } = readSecretsKeys(BYTES.toString('hex'), null, ` ${other}, `);
  expect(all.map(({ id }) => id)).toEqual([current?.id, parseWrappingKey(other)?.id]);
  expect(readSecretsKeys(null, null, null)).toEqual({ current: null, all: [] });
});

it('takes the key of the data folder where the environment has none, and reads with it where it has', () => {
  const kept = Buffer.alloc(32, 9).toString('hex');
  expect(readSecretsKeys(null, kept, null).current?.id).toBe(parseWrappingKey(kept)?.id);
  const { current, all } = readSecretsKeys(BYTES.toString('hex'), kept, kept);
  expect(current?.bytes.equals(BYTES)).toBe(true);
  expect(all.map(({ id }) => id)).toEqual([current?.id, parseWrappingKey(kept)?.id]);
});
