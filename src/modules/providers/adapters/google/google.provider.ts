import type { OnApplicationShutdown } from '@nestjs/common';
import { writeJson } from '../../../../kernel/index.js';
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
import { Provider } from '../../provider.decorator.js';
import { GeneratedContentReader } from './google.answer.js';
import { toContentBody, toModelPath } from './google.request.js';
import { completeCall, streamCall, type VendorDialect } from '../vendor/exchange/vendor-call.js';
import { baseHeaders } from '../vendor/vendor-headers.js';
import { VendorLine, type VendorRequest } from '../vendor/exchange/vendor-line.js';
import { checkedBaseUrl } from '../vendor/vendor-settings.js';

const DEFAULT_BASE_URL = 'https://generativelanguage.googleapis.com';

const API_VERSION = 'v1beta';
const ATTEMPT_ID_HEADER = 'x-client-request-id';

/** Google's Gemini API. */
@Provider({
  id: 'google',
  own: {
    apiKey: ['GOOGLE_API_KEY', 'GEMINI_API_KEY'],
    baseUrl: 'GOOGLE_GEMINI_BASE_URL',
    defaultBaseUrl: DEFAULT_BASE_URL,
  },
})
export class GoogleProvider implements ModelProvider, OnApplicationShutdown {
  /** Gemini has no field for repetition_penalty (API reference, "GenerationConfig"), and its own penalties differ. */
  readonly supportedParams: readonly ParamName[] = [
    'max_new_tokens',
    'temperature',
    'top_p',
    'top_k',
    'stop',
    'seed',
  ];

  readonly supportedFeatures = PROVIDER_FEATURES;
  /** Gemini has no way to disable parallel tool calls. */
  readonly vendorParams = [];

  private readonly apiKey: string | null;
  private readonly baseUrl: string;
  private readonly line: VendorLine;
  private readonly headers: readonly string[];
  private readonly vendor: VendorDialect;

  constructor(env: ProviderEnv) {
    // The vendor documents this order of precedence.
    this.apiKey = env('GOOGLE_API_KEY') ?? env('GEMINI_API_KEY') ?? null;
    const baseUrl = checkedBaseUrl(
      'GOOGLE_GEMINI_BASE_URL',
      env('GOOGLE_GEMINI_BASE_URL') ?? DEFAULT_BASE_URL,
      DEFAULT_BASE_URL,
    );
    this.baseUrl = `${baseUrl.replace(/\/$/, '')}/${API_VERSION}`;
    this.line = new VendorLine(new URL(baseUrl).origin, env.connect);
    this.headers = baseHeaders({ accept: '*/*', 'x-goog-api-key': this.apiKey }, ATTEMPT_ID_HEADER);
    this.vendor = {
      credentials: this.apiKey === null ? [] : [this.apiKey],
      requestIdHeader: null,
      createReader: (answered) => new GeneratedContentReader(answered),
    };
  }

  readiness(): ProviderReadiness {
    return this.apiKey === null ? { ready: false, missing: 'GEMINI_API_KEY' } : { ready: true };
  }

  stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    request.progress?.waiting();
    const toSend = this.toSend(request, 'streamGenerateContent?alt=sse');
    return streamCall(this.line, this.vendor, request, toSend);
  }

  complete(request: ProviderRequest): Promise<ProviderAnswer> {
    request.progress?.waiting();
    return completeCall(this.line, this.vendor, request, this.toSend(request, 'generateContent'));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.line.close();
  }

  private toSend(request: ProviderRequest, method: string): VendorRequest {
    if (this.apiKey === null) throw new ProviderError('provider_rejected', 'GEMINI_API_KEY is not set.');
    const { pathname, search } = new URL(`${this.baseUrl}/${toModelPath(request.modelName)}:${method}`);
    return {
      path: pathname + search,
      headers: [...this.headers, ATTEMPT_ID_HEADER, request.attemptId],
      body: writeJson(toContentBody(request)),
    };
  }
}
