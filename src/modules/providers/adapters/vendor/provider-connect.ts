import type { buildConnector } from 'undici';

/** The type of undici's `connect` option: connects only where that is allowed. */
export type ProviderConnect = buildConnector.connector;
