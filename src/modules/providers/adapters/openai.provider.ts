import type { OnApplicationShutdown } from '@nestjs/common';
import { APIConnectionError, APIError, OpenAI } from 'openai';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { ProviderSetupError } from '../errors.js';
import { connectionCode, providerErrorFromStatus, toProviderError } from '../provider-failure.js';
import {
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
import { readChatCompletion } from './openai.answer.js';
import { OpenAiTransport } from './openai.transport.js';

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

/** The deadlines are the caller's. The SDK's own timer ends at the headers, so it is merely put out of the way. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** OpenAI's chat completions, and every server that speaks them: vLLM, Ollama, LM Studio (`OPENAI_BASE_URL`). */
@Provider({ id: 'openai' })
export class OpenAiProvider implements ModelProvider, OnApplicationShutdown {
  /** OpenAI has no field for top_k and repetition_penalty (API reference, "Create chat completion"). */
  readonly supportedParams: readonly ParamName[] = ['max_new_tokens', 'temperature', 'top_p', 'stop', 'seed'];

  private readonly apiKey: string | null;
  private readonly baseUrl: string;
  private readonly client: OpenAI | null;
  private readonly transport = new OpenAiTransport();

  constructor(env: ProviderEnv) {
    this.apiKey = env('OPENAI_API_KEY') ?? null;
    this.baseUrl = checkedBaseUrl(env('OPENAI_BASE_URL') ?? DEFAULT_BASE_URL);
    this.client = this.apiKey === null ? null : this.createClient(this.apiKey);
  }

  readiness(): ProviderReadiness {
    return this.client === null ? { ready: false, missing: 'OPENAI_API_KEY' } : { ready: true };
  }

  async *stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    let providerRequestId: string | null = null;
    try {
      const response = await this.send(request);
      providerRequestId = response.headers.get('x-request-id');
      yield { type: 'start', providerRequestId };
      yield* readChatCompletion(response);
    } catch (error) {
      // An aborted body ends like a broken line; only the signal tells the two apart.
      request.signal.throwIfAborted();
      throw this.failure(error, request, providerRequestId);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }

  private send(request: ProviderRequest): Promise<Response> {
    if (this.client === null) throw new ProviderError('provider_rejected', 'OPENAI_API_KEY is not set.');
    return this.client.chat.completions
      .create(this.body(request), {
        signal: request.signal,
        headers: { 'X-Client-Request-Id': request.attemptId },
      })
      .asResponse();
  }

  private body({ modelName, messages, params }: ProviderRequest): ChatCompletionCreateParamsStreaming {
    return {
      model: modelName,
      messages: messages.map(({ role, content }) => ({ role, content })),
      stream: true,
      stream_options: { include_usage: true },
      ...(params.max_new_tokens === undefined ? {} : this.tokenLimit(modelName, params.max_new_tokens)),
      ...(params.temperature === undefined ? {} : { temperature: params.temperature }),
      ...(params.top_p === undefined ? {} : { top_p: params.top_p }),
      ...(params.stop === undefined ? {} : { stop: [...params.stop] }),
      ...(params.seed === undefined ? {} : { seed: params.seed }),
    };
  }

  /**
   * OpenAI renamed `max_tokens` to `max_completion_tokens`, and its reasoning models refuse the old name, while
   * many compatible servers know only the old one and drop the new one in silence.
   */
  private tokenLimit(
    modelName: string,
    limit: number,
  ): Pick<ChatCompletionCreateParamsStreaming, 'max_tokens' | 'max_completion_tokens'> {
    const isOpenAi = /(^|\.)openai\.com$/.test(new URL(this.baseUrl).hostname);
    const needsNewName = isOpenAi || /^(o\d|gpt-5)/.test(modelName);
    return needsNewName ? { max_completion_tokens: limit } : { max_tokens: limit };
  }

  /** Every setting is said, because the SDK reads the environment for whatever is not. */
  private createClient(apiKey: string): OpenAI {
    return new OpenAI({
      apiKey,
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      baseURL: this.baseUrl,
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
      // At its most talkative the SDK prints prompts and answers.
      logLevel: 'off',
      fetch: this.transport.fetch,
    });
  }

  private failure(error: unknown, request: ProviderRequest, providerRequestId: string | null): ProviderError {
    if (error instanceof APIConnectionError) {
      const code = connectionCode(error);
      const detail = code === null ? '' : ` (${code})`;
      return new ProviderError('connection', `The connection to the provider failed${detail}.`);
    }
    if (!(error instanceof APIError)) return toProviderError(error, providerRequestId);
    // The package types its generic parts as any.
    const answer = error as APIError;
    const secrets = {
      credentials: this.apiKey === null ? [] : [this.apiKey],
      texts: request.messages.map((message) => message.content),
    };
    return providerErrorFromStatus({
      status: answer.status ?? statusInCode(answer.code),
      detail: safeVendorMessage(vendorMessage(answer), secrets) ?? safeVendorMessage(answer.code, secrets),
      retryAfter: answer.headers?.get('retry-after') ?? null,
      date: answer.headers?.get('date') ?? null,
      providerRequestId: answer.requestID ?? providerRequestId,
    });
  }
}

/** An error in mid-stream has no status of its own; vLLM puts one into its code. */
function statusInCode(code: unknown): number {
  return typeof code === 'number' && code >= 400 && code <= 599 ? code : 500;
}

/** OpenAI's shape is `{ error: { message } }`; LM Studio also answers `{ error: "…" }`. */
function vendorMessage(error: APIError): unknown {
  const body: unknown = error.error;
  return typeof body === 'object' && body !== null ? Reflect.get(body, 'message') : body;
}

/** @throws ProviderSetupError, which refuses the boot. */
function checkedBaseUrl(value: string): string {
  if (/^https?:\/\//i.test(value) && URL.canParse(value)) return value;
  throw new ProviderSetupError(
    'Set OPENAI_BASE_URL to an http or https address such as http://localhost:11434/v1.',
  );
}
