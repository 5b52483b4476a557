import type { OnApplicationShutdown } from '@nestjs/common';
import {
  PROVIDER_FEATURES,
  ProviderError,
  type ModelProvider,
  type ParamName,
  type ProviderAnswer,
  type ProviderEnv,
  type ProviderEvent,
  type ProviderReadiness,
  type ProviderRequest,
} from '../../provider.contract.js';
import { Provider, type ProviderClass } from '../../provider.decorator.js';
import { readCompatibleServers, type CompatibleServer } from './openai-compatible.settings.js';
import { isReasoningModel, OpenAiChat } from '../openai/openai-chat.js';

/**
 * Creates a provider for each server of OPENAI_COMPATIBLE.
 *
 * @param taken ids of other providers
 * @throws ProviderSetupError, which refuses the boot.
 */
export function compatibleProviders(setting: string | undefined, taken: readonly string[]): ProviderClass[] {
  return setting === undefined ? [] : readCompatibleServers(setting, taken).map(toProviderClass);
}

/** The registry knows providers as classes, so each server gets its own class. */
function toProviderClass(server: CompatibleServer): ProviderClass {
  class Configured extends OpenAiCompatibleProvider {
    constructor(env: ProviderEnv) {
      super(server, env);
    }
  }
  // The registry shows this name when a provider from outside the tree claims the same id.
  Object.defineProperty(Configured, 'name', { value: 'an entry of OPENAI_COMPATIBLE' });
  Provider({ id: server.id, own: toOwnSettings(server) })(Configured);
  return Configured;
}

/** Describes a project's own key and address. The names with spaces cannot clash with environment variables. */
function toOwnSettings({ id, baseUrl, keyVariable }: CompatibleServer) {
  return {
    apiKey: [keyVariable ?? `key of ${id}`] as const,
    baseUrl: `address of ${id}`,
    defaultBaseUrl: baseUrl,
  };
}

/** One server that speaks OpenAI's chat completions: vLLM, Ollama, Groq, Together, Mistral … */
class OpenAiCompatibleProvider implements ModelProvider, OnApplicationShutdown {
  readonly supportedParams: readonly ParamName[];
  /** Support often depends on the model, and the server refuses what it does not know. */
  readonly supportedFeatures = PROVIDER_FEATURES;
  readonly vendorParams: readonly string[];

  /** The name of the key's variable if that is not set. */
  private readonly missing: string | null;
  private readonly chat: OpenAiChat;

  constructor(server: CompatibleServer, env: ProviderEnv) {
    const { keyVariable, params, asksForUsage, vendorParams } = server;
    const own = toOwnSettings(server);
    const apiKey = env(own.apiKey[0]) ?? null;
    this.missing = apiKey === null ? keyVariable : null;
    this.supportedParams = params;
    this.vendorParams = vendorParams;
    this.chat = new OpenAiChat({
      baseUrl: (env.connect === undefined ? undefined : env(own.baseUrl)) ?? server.baseUrl,
      connect: env.connect,
      headers: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` },
      apiKey,
      limitName: (modelName) => (isReasoningModel(modelName) ? 'max_completion_tokens' : 'max_tokens'),
      idHeaders: { sent: 'x-client-request-id', received: 'x-request-id' },
      asksForUsage,
      vendorParams,
    });
  }

  readiness(): ProviderReadiness {
    return this.missing === null ? { ready: true } : { ready: false, missing: this.missing };
  }

  stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    return this.ready().stream(request);
  }

  complete(request: ProviderRequest): Promise<ProviderAnswer> {
    return this.ready().complete(request);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.chat.close();
  }

  private ready(): OpenAiChat {
    if (this.missing !== null) throw new ProviderError('provider_rejected', `${this.missing} is not set.`);
    return this.chat;
  }
}
