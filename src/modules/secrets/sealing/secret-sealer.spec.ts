import { randomBytes } from 'node:crypto';
import { AppConfig, parseEnvironment } from '../../../infra/config/index.js';
import { SecretsNotConfiguredError, SecretUnreadableError } from '../errors.js';
import { fingerprintSecret, SecretSealer } from './secret-sealer.js';

const [KEY, OTHER] = [randomBytes(32).toString('base64'), randomBytes(32).toString('hex')];
const PLACE = { projectId: 'a project', provider: 'openai', origin: 'https://api.openai.com' };
const SECRET = 'sk-canary-0123456789';

function sealer(current: string, previous = ''): SecretSealer {
  const env = parseEnvironment({ SECRETS_KEY: current, SECRETS_KEY_PREVIOUS: previous });
  return new SecretSealer(new AppConfig(env, { databaseUrl: '', keyHashSecret: null, embedded: false }));
}

it('opens what it has sealed, and seals differently each time', () => {
  const [one, other] = [sealer(KEY).seal(PLACE, SECRET), sealer(KEY).seal(PLACE, SECRET)];
  for (const sealed of [one, other]) expect(sealer(KEY).open(PLACE, sealed)).toBe(SECRET);
  expect(one.sealedKey.equals(other.sealedKey)).toBe(false);
  expect(one.wrappedKey.equals(other.wrappedKey)).toBe(false);
  for (const bytes of [one.sealedKey, one.wrappedKey]) expect(bytes.includes(SECRET)).toBe(false);
});

it.each(['projectId', 'provider', 'origin'] as const)('binds a secret to its %s', (member) => {
  const sealed = sealer(KEY).seal(PLACE, SECRET);
  const moved = { ...PLACE, [member]: 'another' };
  expect(() => sealer(KEY).open(moved, sealed)).toThrow(SecretUnreadableError);
  expect(() => sealer(KEY).rewrap(moved, sealed)).toThrow(SecretUnreadableError);
});

it.each(['sealedKey', 'wrappedKey'] as const)('refuses a %s that was changed, cut or exchanged', (member) => {
  const sealed = sealer(KEY).seal(PLACE, SECRET);
  const changed = Buffer.from(sealed[member]);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  const another = sealer(KEY).seal(PLACE, SECRET)[member];
  for (const bytes of [changed, sealed[member].subarray(0, 20), Buffer.alloc(0), another]) {
    expect(() => sealer(KEY).open(PLACE, { ...sealed, [member]: bytes })).toThrow(SecretUnreadableError);
  }
});

it('says which key is missing, and opens again when it is back', () => {
  const sealed = sealer(KEY).seal(PLACE, SECRET);
  expect(sealer(OTHER).canUnwrap(sealed)).toBe(false);
  expect(() => sealer(OTHER).open(PLACE, sealed)).toThrow('SECRETS_KEY_PREVIOUS');
  expect(() => sealer('').seal(PLACE, SECRET)).toThrow(SecretsNotConfiguredError);
  expect(sealer(OTHER, `${randomBytes(32).toString('hex')}, ${KEY}`).open(PLACE, sealed)).toBe(SECRET);
  expect(sealer('', KEY).open(PLACE, sealed)).toBe(SECRET);
});

it('wraps again under the key of now, without touching what is sealed', () => {
  const sealed = sealer(KEY).seal(PLACE, SECRET);
  const wrapped = sealer(OTHER, KEY).rewrap(PLACE, sealed);
  expect(wrapped.wrappedBy).not.toBe(sealed.wrappedBy);
  expect(sealer(OTHER).open(PLACE, { ...sealed, ...wrapped })).toBe(SECRET);
});

it('gives a fingerprint that anybody can make of the same key', () => {
  expect(fingerprintSecret('abc')).toBe('sha256:ba7816bf8f01cfea');
});
