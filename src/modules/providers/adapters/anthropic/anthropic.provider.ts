import type { OnApplicationShutdown } from '@nestjs/common';
import { writeJson } from '../../../../kernel/index.js';
import {
  ProviderError,
  type ModelProvider,
  type ParamName,
  type ProviderAnswer,
  type ProviderEnv,
  type ProviderEvent,
  type ProviderFeature,
  type ProviderReadiness,
  type ProviderRequest,
} from '../../provider.contract.js';
import { Provider } from '../../provider.decorator.js';
import { MessageReader } from './anthropic.answer.js';
import { asksForSampling, mayBeWhole, toMessageBody } from './anthropic.request.js';
import { completeCall, streamCall, type VendorDialect } from '../vendor/exchange/vendor-call.js';
import { baseHeaders, parseHeaderLines } from '../vendor/vendor-headers.js';
import { VendorLine, type VendorRequest } from '../vendor/exchange/vendor-line.js';
import { checkedBaseUrl } from '../vendor/vendor-settings.js';

const DEFAULT_BASE_URL = 'https://api.anthropic.com';

const VERSION = '2026-10-21';
/** The last version of the API with fields for sampling. The API refuses them from 2026-10-21 on (its migration guide). */
const VERSION_WITH_SAMPLING = '2023-06-01';
const ATTEMPT_ID_HEADER = 'x-client-request-id';

/** Anthropic's Messages API. */
@Provider({
  id: 'anthropic',
  own: { apiKey: ['ANTHROPIC_API_KEY'], baseUrl: 'ANTHROPIC_BASE_URL', defaultBaseUrl: DEFAULT_BASE_URL },
})
export class AnthropicProvider implements ModelProvider, OnApplicationShutdown {
  /** Anthropic has no field for repetition_penalty and seed (API reference, "Create a message"). */
  readonly supportedParams: readonly ParamName[] = [
    'max_new_tokens',
    'temperature',
    'top_p',
    'top_k',
    'stop',
  ];

  /** Anthropic supports JSON only with a schema. */
  readonly supportedFeatures: readonly ProviderFeature[] = ['tools', 'json_schema'];

  private readonly apiKey: string | null;
  private readonly line: VendorLine;
  private readonly path: string;
  private readonly headers: readonly string[];
  private readonly headersWithSampling: readonly string[];
  private readonly vendor: VendorDialect;

  constructor(env: ProviderEnv) {
    this.apiKey = env('ANTHROPIC_API_KEY') ?? null;
    const baseUrl = checkedBaseUrl(
      'ANTHROPIC_BASE_URL',
      env('ANTHROPIC_BASE_URL') ?? DEFAULT_BASE_URL,
      DEFAULT_BASE_URL,
    );
    const { origin, pathname, search } = new URL(`${baseUrl.replace(/\/$/, '')}/v1/messages`);
    this.line = new VendorLine(origin, env.connect);
    this.path = pathname + search;
    const key = { authorization: `Bearer ${this.apiKey}` };
    // The vendor's own SDK reads the same variable. A version set there applies to all requests but those with sampling params.
    const custom = parseHeaderLines(env('ANTHROPIC_CUSTOM_HEADERS'));
    const headers = { 'anthropic-version': VERSION, ...key, ...custom };
    this.headers = baseHeaders(headers, ATTEMPT_ID_HEADER);
    this.headersWithSampling = baseHeaders(
      { ...headers, 'anthropic-version': VERSION_WITH_SAMPLING },
      ATTEMPT_ID_HEADER,
    );
    this.vendor = {
      credentials: this.apiKey === null ? [] : [this.apiKey],
      requestIdHeader: 'request-id',
      createReader: (answered) => new MessageReader(answered),
    };
  }

  readiness(): ProviderReadiness {
    return this.apiKey === null ? { ready: false, missing: 'ANTHROPIC_API_KEY' } : { ready: true };
  }

  stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    request.progress?.waiting();
    return streamCall(this.line, this.vendor, request, this.toSend(request, true));
  }

  /** Streams and collects the answer if it may be too long to request whole. */
  complete(request: ProviderRequest): Promise<ProviderAnswer> {
    request.progress?.waiting();
    return completeCall(this.line, this.vendor, request, this.toSend(request, !mayBeWhole(request)));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.line.close();
  }

  private toSend(request: ProviderRequest, isStreamed: boolean): VendorRequest {
    if (this.apiKey === null) throw new ProviderError('provider_rejected', 'ANTHROPIC_API_KEY is not set.');
    const headers = asksForSampling(request) ? this.headersWithSampling : this.headers;
    return {
      path: this.path,
      headers: [...headers, ATTEMPT_ID_HEADER, request.attemptId],
      body: writeJson(toMessageBody(request, isStreamed)),
    };
  }
}
