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
import {
  COMPATIBLE_VENDOR_PARAMS,
  isReasoningModel,
  OPENAI_PARAMS,
  OPENAI_VENDOR_PARAMS,
  OpenAiChat,
} from './openai-chat.js';
import { parseHeaderLines } from '../vendor/vendor-headers.js';
import { checkedBaseUrl } from '../vendor/vendor-settings.js';

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

/** OpenAI's chat completions, or one compatible server (`OPENAI_BASE_URL`). */
@Provider({
  id: 'openai',
  own: { apiKey: ['OPENAI_API_KEY'], baseUrl: 'OPENAI_BASE_URL', defaultBaseUrl: DEFAULT_BASE_URL },
})
export class OpenAiProvider implements ModelProvider, OnApplicationShutdown {
  readonly supportedParams = OPENAI_PARAMS;
  readonly supportedFeatures = PROVIDER_FEATURES;
  readonly vendorParams: readonly string[];

  private readonly chat: OpenAiChat | null;

  constructor(env: ProviderEnv) {
    const apiKey = env('OPENAI_API_KEY') ?? null;
    const baseUrl = checkedBaseUrl(
      'OPENAI_BASE_URL',
      env('OPENAI_BASE_URL') ?? DEFAULT_BASE_URL,
      'http://localhost:11434/v1',
    );
    const isOpenAi = /(^|\.)openai\.com$/.test(new URL(baseUrl).hostname);
    this.vendorParams = isOpenAi ? OPENAI_VENDOR_PARAMS : COMPATIBLE_VENDOR_PARAMS;
    this.chat =
      apiKey === null
        ? null
        : new OpenAiChat({
            baseUrl,
            connect: env.connect,
            apiKey,
            // For gateways, which may need another key too. OpenAI's own SDK reads the same variable.
            headers: { authorization: `Bearer ${apiKey}`, ...parseHeaderLines(env('OPENAI_CUSTOM_HEADERS')) },
            limitName: (modelName) =>
              isOpenAi || isReasoningModel(modelName) ? 'max_completion_tokens' : 'max_tokens',
            idHeaders: { sent: 'x-client-request-id', received: 'x-request-id' },
            asksForUsage: true,
            vendorParams: this.vendorParams,
          });
  }

  readiness(): ProviderReadiness {
    return this.chat === null ? { ready: false, missing: 'OPENAI_API_KEY' } : { ready: true };
  }

  stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    return this.ready().stream(request);
  }

  complete(request: ProviderRequest): Promise<ProviderAnswer> {
    return this.ready().complete(request);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.chat?.close();
  }

  private ready(): OpenAiChat {
    if (this.chat === null) throw new ProviderError('provider_rejected', 'OPENAI_API_KEY is not set.');
    return this.chat;
  }
}
