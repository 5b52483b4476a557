import type { buildConnector } from 'undici';

/** The type of undici's `connect` option: connects only where that is allowed. */
export type ProviderConnect = buildConnector.connector;

/** The only argument of an adapter's constructor. */
export interface ProviderEnv {
  /** Reads one setting; undefined when it is unset or empty. */
  (name: string): string | undefined;
  /** Opens connections to an address that a project has chosen. An adapter that takes such addresses connects by it alone. */
  readonly connect?: ProviderConnect;
}
