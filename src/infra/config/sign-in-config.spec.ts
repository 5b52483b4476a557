import { ConfigurationError } from './configuration-error.js';
import { parseEnvironment } from './environment.js';
import { assertSignInComplete, readSignInConfig } from './sign-in-config.js';

const WHOLE = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_CLIENT_ID: 'ledger',
  OIDC_CLIENT_SECRET: 'secret',
  PUBLIC_URL: 'https://ledger.example/',
};
const check = (changes: Record<string, string>) => () =>
  assertSignInComplete(parseEnvironment({ ...WHOLE, ...changes }));

it('is whole or not there', () => {
  expect(readSignInConfig(parseEnvironment({}))).toBeNull();
  expect(readSignInConfig(parseEnvironment({ PUBLIC_URL: WHOLE.PUBLIC_URL }))).toBeNull();
  expect(
    readSignInConfig(parseEnvironment({ ...WHOLE, ADMIN_EMAILS: 'Ada@Example.com , bob@example.com' })),
  ).toEqual({
    issuer: 'https://id.example',
    clientId: 'ledger',
    clientSecret: 'secret',
    publicUrl: 'https://ledger.example',
    adminEmails: ['ada@example.com', 'bob@example.com'],
  });
});

it.each(['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'PUBLIC_URL'])(
  'names %s where it alone is missing',
  (name) => {
    expect(check({ [name]: '' })).toThrow(ConfigurationError);
    expect(check({ [name]: '' })).toThrow(name);
  },
);

it.each([
  'https://id.example/realms/a',
  'http://localhost:4000',
  'http://127.0.0.1:4000',
  'http://[::1]:4000',
])('takes the issuer %s', (issuer) => {
  expect(check({ OIDC_ISSUER: issuer })).not.toThrow();
});

it.each([
  'http://id.example',
  'id.example',
  'ftp://id.example',
  'https://id.example/?a=b',
  'http://localhost.evil.example',
])('refuses the issuer %s', (issuer) => {
  expect(check({ OIDC_ISSUER: issuer })).toThrow('OIDC_ISSUER must be an https address');
});

it.each([
  'ftp://a.example',
  'https://a.example/path',
  'https://a.example?x',
  'a.example',
  'https://A.example',
])('refuses the address %s', (url) => {
  expect(check({ PUBLIC_URL: url })).toThrow('PUBLIC_URL must be an origin');
});
