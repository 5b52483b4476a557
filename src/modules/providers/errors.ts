import { LedgerError, ValidationError } from '../../kernel/index.js';
import type {
  ModelProvider,
  ParamName,
  ProviderFeature,
  ProviderParams,
  ProviderRequest,
} from './provider.contract.js';

/** Refuses the boot: an adapter is missing, broken, or claims the id of another. The message is one sentence, shown as it is. */
export class ProviderSetupError extends Error {
  override readonly name = 'ProviderSetupError';
}

/** 404 `PROVIDER_NOT_FOUND`: a model is allowed, but its adapter is not loaded in this process. */
export class ProviderNotFoundError extends LedgerError {
  constructor(providerId: string, loadedIds: readonly string[]) {
    super({
      code: 'PROVIDER_NOT_FOUND',
      status: 404,
      title: 'No such provider is loaded',
      detail: `Provider "${providerId}" not found: use one of ${loadedIds.join(', ')}, or load it with PROVIDER_MODULES.`,
    });
  }
}

/** 503 `PROVIDER_NOT_CONFIGURED`: the provider has no key here. */
export class ProviderNotConfiguredError extends LedgerError {
  constructor(providerId: string, missing: string) {
    super({
      code: 'PROVIDER_NOT_CONFIGURED',
      status: 503,
      title: 'The provider is not configured',
      detail: `Set ${missing} in the environment of the service and restart it to use provider "${providerId}".`,
    });
  }
}

/** 400 `VALIDATION_FAILED` with a pointer for each param that the provider has no field for. */
export class ParamNotSupportedError extends ValidationError {
  constructor(providerId: string, refused: readonly string[], supported: readonly ParamName[]) {
    const allowed = supported.length === 0 ? 'none' : supported.join(', ');
    super(
      `Leave out ${refused.join(', ')}: provider "${providerId}" has no field for it. It takes ${allowed}.`,
      refused.map((name) => ({
        pointer: `/params/${name}`,
        message: `is not supported by provider "${providerId}"`,
      })),
    );
  }
}

/**
 * Refuses params that would otherwise be silently dropped.
 * @throws ParamNotSupportedError (400 `VALIDATION_FAILED`) naming every one of them.
 */
export function assertParamsSupported(
  providerId: string,
  provider: Pick<ModelProvider, 'supportedParams'>,
  params: ProviderParams,
): void {
  const supported: readonly string[] = provider.supportedParams;
  const sent = Object.entries(params).filter(([, value]) => value !== undefined);
  const refused = sent.map(([name]) => name).filter((name) => !supported.includes(name));
  if (refused.length > 0) throw new ParamNotSupportedError(providerId, refused, provider.supportedParams);
}

/** Where each feature is in a request, and its name in a sentence. */
const FEATURES: Readonly<Record<ProviderFeature, { readonly pointer: string; readonly words: string }>> = {
  tools: { pointer: '/tools', words: 'tools' },
  json_object: { pointer: '/response_format', words: 'the response format json_object' },
  json_schema: { pointer: '/response_format', words: 'the response format json_schema' },
};

/** 400 `VALIDATION_FAILED` with a pointer for each feature that the provider lacks. */
export class FeatureNotSupportedError extends ValidationError {
  constructor(providerId: string, refused: readonly ProviderFeature[]) {
    const words = refused.map((feature) => FEATURES[feature].words).join(' and ');
    super(
      `Leave out ${words}: provider "${providerId}" has no field for it.`,
      refused.map((feature) => ({
        pointer: FEATURES[feature].pointer,
        message: `is not supported by provider "${providerId}"`,
      })),
    );
  }
}

/**
 * Refuses tools and response formats that would otherwise be silently dropped. An empty list of tools counts as none.
 * @throws FeatureNotSupportedError (400 `VALIDATION_FAILED`) naming every one of them.
 */
export function assertFeaturesSupported(
  providerId: string,
  provider: Pick<ModelProvider, 'supportedFeatures'>,
  request: Pick<ProviderRequest, 'tools' | 'responseFormat'>,
): void {
  const { tools = [], responseFormat } = request;
  const wanted: ProviderFeature[] = [
    ...(tools.length === 0 ? [] : (['tools'] as const)),
    ...(responseFormat === undefined ? [] : [responseFormat.type]),
  ];
  const refused = wanted.filter((feature) => provider.supportedFeatures?.includes(feature) !== true);
  if (refused.length > 0) throw new FeatureNotSupportedError(providerId, refused);
}
