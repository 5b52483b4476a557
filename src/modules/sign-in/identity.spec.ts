import { SignInFailedError } from './errors.js';
import { readIdentity } from './identity.js';

const read = (claims: Record<string, unknown>) =>
  readIdentity('https://id.example', { sub: 'ada', ...claims });

it.each([
  [
    { email: 'ada@example.com', email_verified: true },
    { email: 'ada@example.com', unverifiedEmail: null },
  ],
  [
    { email: 'ada@example.com', email_verified: false },
    { email: null, unverifiedEmail: 'ada@example.com' },
  ],
  [
    { email: 'ada@example.com', email_verified: 'true' },
    { email: null, unverifiedEmail: 'ada@example.com' },
  ],
  [{ email: 'ada@example.com' }, { email: null, unverifiedEmail: 'ada@example.com' }],
  [
    { email: 'no address', email_verified: true },
    { email: null, unverifiedEmail: null },
  ],
  [
    { email: 'a\u0000@b', email_verified: true },
    { email: null, unverifiedEmail: null },
  ],
  [
    { email: `${'a'.repeat(300)}@b`, email_verified: true },
    { email: null, unverifiedEmail: null },
  ],
  [
    { email: ['ada@example.com'], email_verified: true },
    { email: null, unverifiedEmail: null },
  ],
])('of %j the addresses are %j', (claims, addresses) => {
  expect(read(claims)).toMatchObject(addresses);
});

it.each([
  [{ name: 'Ada' }, 'Ada'],
  [{ name: ' A\u0000\u202eda ' }, 'A da'],
  [{ name: '', preferred_username: 'ada1' }, 'ada1'],
  [{ name: 1, email: 'ada@example.com' }, 'ada@example.com'],
  [{ name: 'x'.repeat(500) }, 'x'.repeat(200)],
  [{ name: '\ud800' }, 'ada'],
  [{ name: `${'x'.repeat(199)}😀` }, `${'x'.repeat(199)}\ufffd`],
  [{}, 'ada'],
])('the name in %j is %j', (claims, name) => {
  expect(read(claims).name).toBe(name);
});

it.each([undefined, null, '', 1, 'a'.repeat(256), 'a\u0000', 'a\nb'])('the subject %j is nobody', (sub) => {
  expect(() => read({ sub })).toThrow(SignInFailedError);
});
