import type * as OpenAiSdk from 'openai';
import { toProviderError } from '../provider-failure.js';
import type { ParamName, ProviderEnv, ProviderEvent, ProviderRequest } from '../provider.contract.js';
import { readChatCompletion } from './openai.answer.js';
import { chatBodyOf, type LimitName } from './openai.request.js';
import { connectionFailure, VendorError } from './vendor-error.js';
import { loadSdk, NO_TIMEOUT_MS } from './vendor-settings.js';
import { textsOf } from './vendor-tools.js';
import { VendorTransport } from './vendor-transport.js';

export type OpenAiPackage = typeof OpenAiSdk;

/** What OpenAI has a field for (API reference, "Create chat completion"): none for top_k and repetition_penalty. */
export const OPENAI_PARAMS: readonly ParamName[] = ['max_new_tokens', 'temperature', 'top_p', 'stop', 'seed'];

/** What OpenAI, Azure and the many servers like them do differently. */
export interface OpenAiDialect {
  /** Every setting has to be said, because the SDK reads the environment for whatever is not. */
  readonly createClient: (sdk: OpenAiPackage, options: ClientOptions) => OpenAiSdk.OpenAI;
  /** What must not appear in a message. */
  readonly apiKey: string | null;
  /**
   * OpenAI renamed `max_tokens` to `max_completion_tokens`, and its reasoning models refuse the old name, while
   * many other servers know only the old one and refuse the new one or drop it in silence.
   */
  readonly limitName: (modelName: string) => LimitName;
  /** Where the attempt's id goes, and where the vendor's own id of the request comes from. */
  readonly idHeaders: { readonly sent: string; readonly received: string };
  /** False for a server that refuses `stream_options`. */
  readonly asksForUsage: boolean;
}

type ClientOptions = typeof CLIENT_OPTIONS & { readonly fetch: VendorTransport['fetch'] };

const CLIENT_OPTIONS = {
  adminAPIKey: null,
  organization: null,
  project: null,
  webhookSecret: null,
  maxRetries: 0,
  timeout: NO_TIMEOUT_MS,
  // At its most talkative the SDK prints prompts and answers.
  logLevel: 'off',
} as const;

/** Chat completions by OpenAI's own SDK, whoever answers them. */
export class OpenAiChat {
  private readonly transport = new VendorTransport(nestFlatError);
  private loaded: { readonly sdk: OpenAiPackage; readonly client: OpenAiSdk.OpenAI } | null = null;

  constructor(private readonly dialect: OpenAiDialect) {}

  /** @throws ProviderError */
  async *stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    const { sdk, client } = (this.loaded ??= this.load());
    const { idHeaders, limitName, asksForUsage } = this.dialect;
    let providerRequestId: string | null = null;
    try {
      const response = await client.chat.completions
        .create(chatBodyOf(request, { limitName: limitName(request.modelName), asksForUsage }), {
          signal: request.signal,
          headers: { [idHeaders.sent]: request.attemptId },
        })
        .asResponse();
      providerRequestId = response.headers.get(idHeaders.received);
      yield { type: 'start', providerRequestId };
      yield* readChatCompletion(response);
    } catch (error) {
      // An aborted body ends like a broken line; only the signal tells the two apart.
      request.signal.throwIfAborted();
      if (error instanceof sdk.APIConnectionError) throw connectionFailure(error);
      const known = error instanceof sdk.APIError ? this.complaint(error) : error;
      if (!(known instanceof VendorError)) throw toProviderError(known, providerRequestId);
      const { apiKey } = this.dialect;
      const secrets = { credentials: apiKey === null ? [] : [apiKey], texts: textsOf(request) };
      throw known.settle(secrets, providerRequestId);
    }
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  private load(): { sdk: OpenAiPackage; client: OpenAiSdk.OpenAI } {
    const sdk = loadSdk('openai') as OpenAiPackage;
    const client = this.dialect.createClient(sdk, { ...CLIENT_OPTIONS, fetch: this.transport.fetch });
    return { sdk, client };
  }

  private complaint(error: unknown): VendorError {
    // The package types its generic parts as any.
    const { status, headers, code, error: said } = error as OpenAiSdk.APIError;
    return new VendorError({
      status: status ?? 500,
      words: [messageOf(said), code],
      headers,
      providerRequestId: headers?.get(this.dialect.idHeaders.received),
    });
  }
}

/** OpenAI's newer families, which refuse `max_tokens`. */
export function isReasoningModel(modelName: string): boolean {
  return /^(o\d|gpt-5)/.test(modelName);
}

/**
 * OPENAI_CUSTOM_HEADERS is for the server of OPENAI_BASE_URL, and may hold a secret; the SDK would send it to every
 * other one, too. A default header of null takes its namesake away.
 */
export function withoutCustomHeaders(env: ProviderEnv): Record<string, null> {
  const lines = (env('OPENAI_CUSTOM_HEADERS') ?? '').split('\n').filter((line) => line.includes(':'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), null]));
}

/** OpenAI's shape is `{ error: { message } }`; LM Studio also answers `{ error: "…" }`. */
function messageOf(said: unknown): unknown {
  return typeof said === 'object' && said !== null ? Reflect.get(said, 'message') : said;
}

/** The SDK reads an error nested under `error`; vLLM sends it flat. */
function nestFlatError(body: string): string {
  return /^\s*\{\s*"object"\s*:\s*"error"/.test(body) ? `{"error":${body}}` : body;
}
