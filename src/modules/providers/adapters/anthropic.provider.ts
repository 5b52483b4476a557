import type * as AnthropicSdk from '@anthropic-ai/sdk';
import type { OnApplicationShutdown } from '@nestjs/common';
import { toProviderError } from '../provider-failure.js';
import {
  ProviderError,
  type ModelProvider,
  type ParamName,
  type ProviderEnv,
  type ProviderEvent,
  type ProviderFeature,
  type ProviderReadiness,
  type ProviderRequest,
} from '../provider.contract.js';
import { Provider } from '../provider.decorator.js';
import { readMessage } from './anthropic.answer.js';
import { messageBodyOf } from './anthropic.request.js';
import { connectionFailure, VendorError } from './vendor-error.js';
import { checkedBaseUrl, loadSdk, NO_TIMEOUT_MS } from './vendor-settings.js';
import { textsOf } from './vendor-tools.js';
import { VendorTransport } from './vendor-transport.js';

const DEFAULT_BASE_URL = 'https://api.anthropic.com';

/** The last version of the API that has fields for sampling. From 2026-10-21 on it refuses them (its migration guide). */
const VERSION_WITH_SAMPLING = '2023-06-01';

type AnthropicPackage = typeof AnthropicSdk;

/** The SDK speaks the newer version only, whose types have no sampling. */
interface Sampling {
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
}

interface Vendor {
  readonly sdk: AnthropicPackage;
  readonly client: AnthropicSdk.Anthropic;
}

/** Anthropic's Messages. */
@Provider({ id: 'anthropic' })
export class AnthropicProvider implements ModelProvider, OnApplicationShutdown {
  /** Anthropic has no field for repetition_penalty and seed (API reference, "Create a message"). */
  readonly supportedParams: readonly ParamName[] = [
    'max_new_tokens',
    'temperature',
    'top_p',
    'top_k',
    'stop',
  ];

  /** It has JSON by a schema only. */
  readonly supportedFeatures: readonly ProviderFeature[] = ['tools', 'json_schema'];

  private readonly apiKey: string | null;
  private readonly baseUrl: string;
  private readonly transport = new VendorTransport();
  private loaded: Vendor | null = null;

  constructor(env: ProviderEnv) {
    this.apiKey = env('ANTHROPIC_API_KEY') ?? null;
    this.baseUrl = checkedBaseUrl(
      'ANTHROPIC_BASE_URL',
      env('ANTHROPIC_BASE_URL') ?? DEFAULT_BASE_URL,
      DEFAULT_BASE_URL,
    );
  }

  readiness(): ProviderReadiness {
    return this.apiKey === null ? { ready: false, missing: 'ANTHROPIC_API_KEY' } : { ready: true };
  }

  async *stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    if (this.apiKey === null) throw new ProviderError('provider_rejected', 'ANTHROPIC_API_KEY is not set.');
    const vendor = (this.loaded ??= this.load(this.apiKey));
    let providerRequestId: string | null = null;
    try {
      const response = await send(vendor.client, request);
      providerRequestId = response.headers.get('request-id');
      yield { type: 'start', providerRequestId };
      yield* readMessage(response);
    } catch (error) {
      // An aborted body ends like a broken line; only the signal tells the two apart.
      request.signal.throwIfAborted();
      if (error instanceof vendor.sdk.APIConnectionError) throw connectionFailure(error);
      const known = error instanceof vendor.sdk.APIError ? complaintOf(error) : error;
      if (!(known instanceof VendorError)) throw toProviderError(known, providerRequestId);
      throw known.settle({ credentials: [this.apiKey], texts: textsOf(request) }, providerRequestId);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }

  /** Every setting is said, because the SDK reads the environment for whatever is not. */
  private load(apiKey: string): Vendor {
    const sdk = loadSdk('@anthropic-ai/sdk') as AnthropicPackage;
    const client = new sdk.Anthropic({
      apiKey,
      baseURL: this.baseUrl,
      webhookKey: null,
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
      // At its most talkative the SDK prints prompts and answers.
      logLevel: 'off',
      fetch: this.transport.fetch,
    });
    return { sdk, client };
  }
}

/** Not by `messages.create`, which prints a line for each call of a model that is about to be retired. */
function send(client: AnthropicSdk.Anthropic, request: ProviderRequest): Promise<Response> {
  const sampling = samplingOf(request);
  return client
    .post('/v1/messages', {
      body: { ...messageBodyOf(request), ...sampling },
      stream: true,
      signal: request.signal,
      headers: {
        'X-Client-Request-Id': request.attemptId,
        ...(Object.keys(sampling).length === 0 ? {} : { 'anthropic-version': VERSION_WITH_SAMPLING }),
      },
    })
    .asResponse();
}

function samplingOf({ params: { temperature, top_p, top_k } }: ProviderRequest): Sampling {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { top_p }),
    ...(top_k === undefined ? {} : { top_k }),
  };
}

function complaintOf(error: unknown): VendorError {
  // The package types its generic parts as any.
  const { status, apiMessage, type, headers, requestID } = error as AnthropicSdk.APIError;
  return new VendorError({
    status: status ?? 500,
    words: [apiMessage, type],
    headers,
    providerRequestId: requestID,
  });
}
