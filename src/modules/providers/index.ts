export type { CircuitOutcome, CircuitPass, CircuitStatus } from './circuit.js';
export { Circuits, type CircuitOptions } from './circuits.js';
export {
  complete,
  type Completion,
  type CompletionLimits,
  type CompletionObserver,
  type CompletionRequest,
  type ModelObserver,
  type PartialCompletion,
} from './complete.js';
export {
  assertFeaturesSupported,
  assertParamsSupported,
  FeatureNotSupportedError,
  ParamNotSupportedError,
  ProviderNotConfiguredError,
  ProviderNotFoundError,
  ProviderSetupError,
} from './errors.js';
export * from './provider.contract.js';
export { Provider, type ProviderClass, type ProviderOptions } from './provider.decorator.js';
export { parseRetryAfterMs, providerErrorFromStatus, toProviderError } from './provider-failure.js';
export type { ProviderProgress } from './provider-progress.js';
export { ProviderRegistry, type ProviderSummary } from './provider-registry.js';
export { ProvidersModule, type ProvidersModuleOptions } from './providers.module.js';
export { type CollectedResponse, ResponseCollector } from './response-collector.js';
export { safeVendorMessage } from './safe-message.js';
export { takesVendorParam } from './takes-vendor-param.js';
export { readServerSentEvents } from './server-sent-events.js';
export { tokenCount } from '../../answers/index.js';
