/**
 * `prompt-ledger/provider`: all that a provider outside this tree may import (docs/providers.md). What stands
 * here is kept for outsiders; nothing is renamed or removed. Named one by one, because Node reads the names
 * of a CommonJS file from its text when an ES module imports it.
 */
export {
  complete,
  PARAM_NAMES,
  PROVIDER_FEATURES,
  Provider,
  ProviderError,
  providerErrorFromStatus,
  readServerSentEvents,
  safeVendorMessage,
  tokenCount,
  toProviderError,
} from './modules/providers/index.js';
export { parseJson, writeJson } from './kernel/index.js';
export type {
  Completion,
  CompletionLimits,
  CompletionObserver,
  CompletionRequest,
  ModelProvider,
  OwnSettings,
  ParamName,
  PartialCompletion,
  ProviderAnswer,
  ProviderAnswerToolCall,
  ProviderConnect,
  ProviderDelta,
  ProviderEnd,
  ProviderEnv,
  ProviderErrorDetails,
  ProviderErrorKind,
  ProviderEvent,
  ProviderFeature,
  ProviderMaxTokens,
  ProviderMessage,
  ProviderOptions,
  ProviderParams,
  ProviderProgress,
  ProviderReadiness,
  ProviderRequest,
  ProviderResponseFormat,
  ProviderStart,
  ProviderTool,
  ProviderToolCall,
  ProviderToolCallDelta,
  ProviderToolChoice,
  ProviderUsage,
} from './modules/providers/index.js';
