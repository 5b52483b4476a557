import type * as GoogleSdk from '@google/genai';
import type { OnApplicationShutdown } from '@nestjs/common';
import { toProviderError } from '../provider-failure.js';
import {
  PROVIDER_FEATURES,
  ProviderError,
  type ModelProvider,
  type ParamName,
  type ProviderEnv,
  type ProviderEvent,
  type ProviderReadiness,
  type ProviderRequest,
} from '../provider.contract.js';
import { Provider } from '../provider.decorator.js';
import { safeVendorMessage } from '../safe-message.js';
import { readComplaint, readGeneratedContent } from './google.answer.js';
import { contentParamsOf } from './google.request.js';
import { VendorError } from './vendor-error.js';
import { checkedBaseUrl, loadSdk } from './vendor-settings.js';
import { textsOf } from './vendor-tools.js';
import { VendorTransport } from './vendor-transport.js';

const DEFAULT_BASE_URL = 'https://generativelanguage.googleapis.com';

type GooglePackage = typeof GoogleSdk;

/** Google's Gemini API. */
@Provider({ id: 'google' })
export class GoogleProvider implements ModelProvider, OnApplicationShutdown {
  /** Gemini has no field for repetition_penalty (API reference, "GenerationConfig"): its penalties are others. */
  readonly supportedParams: readonly ParamName[] = [
    'max_new_tokens',
    'temperature',
    'top_p',
    'top_k',
    'stop',
    'seed',
  ];

  readonly supportedFeatures = PROVIDER_FEATURES;

  private readonly apiKey: string | null;
  private readonly baseUrl: string;
  private readonly transport = new VendorTransport();
  private client: GoogleSdk.GoogleGenAI | null = null;

  constructor(env: ProviderEnv) {
    // In this order by the vendor's own rule.
    this.apiKey = env('GOOGLE_API_KEY') ?? env('GEMINI_API_KEY') ?? null;
    this.baseUrl = checkedBaseUrl(
      'GOOGLE_GEMINI_BASE_URL',
      env('GOOGLE_GEMINI_BASE_URL') ?? DEFAULT_BASE_URL,
      DEFAULT_BASE_URL,
    );
  }

  readiness(): ProviderReadiness {
    return this.apiKey === null ? { ready: false, missing: 'GEMINI_API_KEY' } : { ready: true };
  }

  async *stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    if (this.apiKey === null) throw new ProviderError('provider_rejected', 'GEMINI_API_KEY is not set.');
    const client = (this.client ??= createClient(this.apiKey, this.baseUrl));
    let providerRequestId: string | null = null;
    try {
      for await (const event of readGeneratedContent(await this.send(client, request))) {
        if (event.type === 'start') providerRequestId = event.providerRequestId;
        yield event;
      }
    } catch (error) {
      // An aborted body ends like a broken line; only the signal tells the two apart.
      request.signal.throwIfAborted();
      if (!(error instanceof VendorError)) throw toProviderError(error, providerRequestId);
      throw error.settle({ credentials: [this.apiKey], texts: textsOf(request) }, providerRequestId);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }

  /** The SDK composes the request, and has no way to hand over the answer but through its `fetch`. */
  private async send(client: GoogleSdk.GoogleGenAI, request: ProviderRequest): Promise<Response> {
    let asked = false;
    let answer: Response | null = null;
    const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
      asked = true;
      const response = await this.transport.fetch(url, init);
      if (!response.ok) throw await readComplaint(response);
      return (answer = response);
    };
    try {
      // What it returns is a reader that has not begun to read, and never will.
      await client.models.generateContentStream(contentParamsOf(request, fetch));
    } catch (error) {
      if (!asked) throw unsendable(error, request);
      throw error;
    }
    if (answer === null) throw new Error('The SDK made no request.');
    return answer;
  }
}

/** What the SDK itself refuses, such as a chat without a message, is wrong and stays wrong. */
function unsendable(error: unknown, request: ProviderRequest): ProviderError {
  if (error instanceof ProviderError) return error;
  const texts = textsOf(request);
  const reason = error instanceof Error ? safeVendorMessage(error.message, { credentials: [], texts }) : null;
  return new ProviderError(
    'provider_rejected',
    `The request could not be sent: ${reason ?? 'it is malformed'}.`,
  );
}

/** Every setting is said, because the SDK reads the environment for whatever is not. */
function createClient(apiKey: string, baseUrl: string): GoogleSdk.GoogleGenAI {
  const sdk = loadSdk('@google/genai') as GooglePackage;
  return new sdk.GoogleGenAI({ apiKey, vertexai: false, apiVersion: 'v1beta', httpOptions: { baseUrl } });
}
