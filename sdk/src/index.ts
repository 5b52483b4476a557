/** `@prompt-ledger/client`: README.md beside the sources tells how to use it. */
export * from './core/errors.js';
export type { Answer, ApiPromise, CallOptions, ConnectionOptions, Fetch, Pages } from './core/index.js';
export { VERSION } from './core/index.js';
export { LedgerClient } from './ledger-client.js';
export type * from './wire/index.js';
