import type { AppConfig } from './infra/config/index.js';
import type { ProvidersModuleOptions } from './modules/providers/index.js';

/** Adapters read their settings by name: ours as the configuration parsed them, any other from the environment. */
export function providerOptions({ env, providerModules }: AppConfig): ProvidersModuleOptions {
  const parsed = env as unknown as Readonly<
    Record<string, string | number | boolean | readonly number[] | null>
  >;
  return {
    modulePaths: providerModules,
    circuits: {
      failures: env.CIRCUIT_FAILURES,
      openMs: env.CIRCUIT_OPEN_MS,
      longestCallMs: env.MAX_TIMEOUT_MS,
    },
    env: (name) => {
      const value = Object.hasOwn(parsed, name) ? parsed[name] : process.env[name];
      return value === undefined || value === null || value === '' ? undefined : String(value);
    },
  };
}
