export * from './clock.js';
export * from './ledger-error.js';
