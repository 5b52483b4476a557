import type { LedgerError } from '../../kernel/index.js';
import {
  ForbiddenError,
  KeyNotFoundError,
  KeyRevokedError,
  UnauthorizedError,
  UserNotFoundError,
} from './errors.js';

it.each<[() => LedgerError, Partial<LedgerError>]>([
  [
    () => new UnauthorizedError(),
    {
      code: 'UNAUTHORIZED',
      status: 401,
      title: 'No valid key',
      message:
        'Send a valid key in the header "X-API-Key" or as "Authorization: Bearer <key>"; in a browser, sign in again.',
      headers: { 'WWW-Authenticate': 'Bearer realm="prompt-ledger"' },
    },
  ],
  [
    () => new ForbiddenError(['prompts:write', 'keys:write']),
    {
      code: 'FORBIDDEN',
      status: 403,
      title: 'The key may not do this',
      message:
        'This call needs the scope prompts:write, keys:write, which the key lacks; use a key that has it.',
      extensions: { missing_scopes: ['prompts:write', 'keys:write'] },
    },
  ],
  [
    () => new ForbiddenError([], 'This route is closed.'),
    { code: 'FORBIDDEN', message: 'This route is closed.', extensions: { missing_scopes: [] } },
  ],
  [
    () => new KeyNotFoundError('k-1'),
    {
      code: 'KEY_NOT_FOUND',
      status: 404,
      title: 'No such key',
      message: 'Key "k-1" was not found; GET /v1/keys lists all keys.',
    },
  ],
  [
    () => new KeyRevokedError('k-1'),
    {
      code: 'KEY_REVOKED',
      status: 409,
      title: 'The key is revoked or expired',
      message:
        'Key "k-1" is revoked or expired, and a new secret would not bring it back; make another key with POST /v1/keys.',
    },
  ],
  [
    () => new UserNotFoundError('u-1'),
    {
      code: 'USER_NOT_FOUND',
      status: 404,
      title: 'No such user',
      message: 'User "u-1" was not found in this project; GET /v1/users lists all users.',
    },
  ],
  [
    () => new UserNotFoundError('u-1', 'make them a member'),
    { message: 'User "u-1" was not found in this project; make them a member.' },
  ],
])('%s: the client is told what is wrong and what to do', (make, told) => {
  expect(make()).toMatchObject({ retryable: false, ...told });
});
