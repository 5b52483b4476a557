export {
  AppConfig,
  assertSafeForProduction,
  type ModelRef,
  type ProcessPlace,
  type ResolvedBackends,
} from './app-config.js';
export { countAvailableCores } from './available-cores.js';
export { ConfigModule } from './config.module.js';
export { ConfigurationError } from './configuration-error.js';
export { Environment, ENVIRONMENT_NAMES, parseEnvironment } from './environment.js';
export { loadEnvironment } from './load-environment.js';
export { listenHost } from './listen-host.js';
export { packageRoot, packageVersion } from './package-root.js';
export { shareEnvironment } from './share-environment.js';
export { DEFAULT_API_KEY } from '../../kernel/index.js';
export { assertSignInComplete, type SignInConfig } from './sign-in-config.js';
export type { SecretsKeys, WrappingKey } from './secrets-keys.js';
