import type { buildConnector } from 'undici';

/** The type of undici's `connect` option. It connects only to allowed addresses. */
export type ProviderConnect = buildConnector.connector;

/** The only argument of an adapter's constructor. */
export interface ProviderEnv {
  /** Reads one setting; undefined when it is unset or empty. */
  (name: string): string | undefined;
  /** Opens connections to an address that a project has chosen. An adapter that accepts such addresses must connect only through it. */
  readonly connect?: ProviderConnect;
}
