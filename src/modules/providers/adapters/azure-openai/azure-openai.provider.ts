import type { OnApplicationShutdown } from '@nestjs/common';
import {
  PROVIDER_FEATURES,
  ProviderError,
  type ModelProvider,
  type ProviderAnswer,
  type ProviderEnv,
  type ProviderEvent,
  type ProviderReadiness,
  type ProviderRequest,
} from '../../provider.contract.js';
import { Provider } from '../../provider.decorator.js';
import { OPENAI_PARAMS, OPENAI_VENDOR_PARAMS, OpenAiChat } from '../openai/openai-chat.js';
import { checkedBaseUrl } from '../vendor/vendor-settings.js';

/** The newest generally available version that names deployments in its path. */
export const DEFAULT_API_VERSION = '2024-10-21';

/** OpenAI's models on Azure. The name of a model is that of its deployment. */
@Provider({
  id: 'azure-openai',
  own: {
    apiKey: ['AZURE_OPENAI_API_KEY'],
    baseUrl: 'AZURE_OPENAI_ENDPOINT',
    defaultBaseUrl: null,
    shared: ['AZURE_OPENAI_API_VERSION'],
  },
})
export class AzureOpenAiProvider implements ModelProvider, OnApplicationShutdown {
  readonly supportedParams = OPENAI_PARAMS;
  readonly supportedFeatures = PROVIDER_FEATURES;
  readonly vendorParams = OPENAI_VENDOR_PARAMS;

  /** The first variable that is missing. */
  private readonly missing: string | null;
  private readonly chat: OpenAiChat | null;

  constructor(env: ProviderEnv) {
    const apiKey = env('AZURE_OPENAI_API_KEY') ?? null;
    const endpoint = env('AZURE_OPENAI_ENDPOINT') ?? null;
    if (endpoint !== null) {
      checkedBaseUrl('AZURE_OPENAI_ENDPOINT', endpoint, 'https://example.openai.azure.com');
    }
    this.missing = describeMissing(apiKey, endpoint);
    this.chat = apiKey === null || endpoint === null ? null : createChat(env, apiKey, endpoint);
  }

  readiness(): ProviderReadiness {
    return this.missing === null ? { ready: true } : { ready: false, missing: this.missing };
  }

  stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    return this.ready().stream(inPath(request));
  }

  complete(request: ProviderRequest): Promise<ProviderAnswer> {
    return this.ready().complete(inPath(request));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.chat?.close();
  }

  private ready(): OpenAiChat {
    if (this.chat === null) throw new ProviderError('provider_rejected', `${this.missing} is not set.`);
    return this.chat;
  }
}

/** Encodes the deployment name for the path. The body carries it in the same form. */
function inPath(request: ProviderRequest): ProviderRequest {
  return { ...request, modelName: encodeURIComponent(request.modelName) };
}

function describeMissing(apiKey: string | null, endpoint: string | null): string | null {
  if (apiKey === null) return 'AZURE_OPENAI_API_KEY';
  return endpoint === null ? 'AZURE_OPENAI_ENDPOINT' : null;
}

function createChat(env: ProviderEnv, apiKey: string, endpoint: string): OpenAiChat {
  const apiVersion = env('AZURE_OPENAI_API_VERSION') ?? DEFAULT_API_VERSION;
  return new OpenAiChat({
    baseUrl: `${endpoint.replace(/\/+$/, '')}/openai`,
    pathOf: (deployment) =>
      `/deployments/${deployment}/chat/completions?api-version=${encodeURIComponent(apiVersion)}`,
    connect: env.connect,
    apiKey,
    headers: { 'api-key': apiKey },
    // Reasoning models refuse the old name and other models the new one. Only the deployment's name tells which kind it is.
    limitName: (deployment) =>
      /(^|[^a-z0-9])(o\d|gpt-?[5-9](?!\d))/i.test(deployment) ? 'max_completion_tokens' : 'max_tokens',
    idHeaders: { sent: 'x-ms-client-request-id', received: 'apim-request-id' },
    asksForUsage: true,
    vendorParams: OPENAI_VENDOR_PARAMS,
  });
}
