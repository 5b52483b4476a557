import type { ProviderConnect } from './adapters/vendor/provider-connect.js';

export type { ProviderConnect };

/** The only argument of an adapter's constructor. */
export interface ProviderEnv {
  /** Reads one setting; undefined when it is unset or empty. */
  (name: string): string | undefined;
  /** Opens connections to an address that a project has chosen. An adapter that takes such addresses connects by it alone. */
  readonly connect?: ProviderConnect;
}
