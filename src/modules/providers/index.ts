export type { CircuitOutcome, CircuitPass, CircuitStatus } from './calls/circuit.js';
export { Circuits, type CircuitOptions } from './calls/circuits.js';
export {
  complete,
  type Completion,
  type CompletionLimits,
  type CompletionObserver,
  type CompletionRequest,
  type ModelObserver,
  type PartialCompletion,
} from './calls/complete.js';
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
export {
  type OwnSettings,
  Provider,
  type ProviderClass,
  type ProviderOptions,
} from './provider.decorator.js';
export { providerErrorFromStatus, toProviderError } from './calls/provider-failure.js';
export type { ProviderProgress } from './provider-progress.js';
export { ProviderRegistry, type ProviderSummary } from './registry/provider-registry.js';
export { ProvidersModule, type ProvidersModuleOptions } from './providers.module.js';
export { type CollectedResponse, ResponseCollector } from './answers/response-collector.js';
export { safeVendorMessage } from './answers/safe-message.js';
export { takesVendorParam } from './calls/takes-vendor-param.js';
export { readServerSentEvents } from './adapters/vendor/answer/server-sent-events.js';
export { tokenCount } from '../../answers/index.js';
