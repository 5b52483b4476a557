import type { buildConnector } from 'undici';

/** As undici's `connect` option takes it: connects only where that is allowed. */
export type ProviderConnect = buildConnector.connector;
