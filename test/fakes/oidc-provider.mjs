// Runs a real OpenID provider in its own process, with the accounts of OIDC_ACCOUNTS. Its own development pages ask who signs in.
import { Provider } from 'oidc-provider';

const { OIDC_PORT, OIDC_REDIRECT_URI, OIDC_ACCOUNTS } = process.env;
const accounts = new Map(Object.entries(JSON.parse(OIDC_ACCOUNTS)));

const provider = new Provider(`http://127.0.0.1:${OIDC_PORT}`, {
  clients: [
    {
      client_id: 'prompt-ledger',
      client_secret: 'a-client-secret-of-the-tests',
      redirect_uris: [OIDC_REDIRECT_URI],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  cookies: { keys: ['a-cookie-key-of-the-tests'] },
  findAccount: (_context, id) =>
    accounts.has(id) ? { accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) } : undefined,
});

provider.listen(Number(OIDC_PORT), '127.0.0.1', () => process.stdout.write('ready\n'));
