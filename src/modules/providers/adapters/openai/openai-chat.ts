import { writeJson } from '../../../../kernel/index.js';
import type {
  ParamName,
  ProviderAnswer,
  ProviderConnect,
  ProviderEvent,
  ProviderRequest,
} from '../../provider.contract.js';
import { ChatCompletionReader } from './openai.answer.js';
import { toChatBody, type LimitName, OBFUSCATION } from './openai.request.js';
import { completeCall, streamCall, type VendorDialect } from '../vendor/exchange/vendor-call.js';
import { baseHeaders, type VendorHeaders } from '../vendor/vendor-headers.js';
import { VendorLine, type VendorRequest } from '../vendor/exchange/vendor-line.js';

/** The parameters in OpenAI's API reference ("Create chat completion"), which has no top_k and no repetition_penalty. */
export const OPENAI_PARAMS: readonly ParamName[] = ['max_new_tokens', 'temperature', 'top_p', 'stop', 'seed'];

/**
 * Members beyond the contract that OpenAI and Azure support (API reference, "Create chat completion"). Messages have only `name`, because
 * both refuse messages with unknown members.
 */
export const OPENAI_VENDOR_PARAMS: readonly string[] = [
  'metadata',
  'store',
  'user',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'reasoning_effort',
  'verbosity',
  'service_tier',
  'parallel_tool_calls',
  OBFUSCATION,
  'name',
];

/** Other servers return reasoning and sources with an answer, and expect them back with it. */
export const COMPATIBLE_VENDOR_PARAMS: readonly string[] = [
  ...OPENAI_VENDOR_PARAMS,
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'annotations',
];

/** How OpenAI, Azure and compatible servers differ. */
export interface OpenAiDialect {
  /** Includes `/v1` if the server needs it. */
  readonly baseUrl: string;
  /** Opens connections. Undefined: undici's default. */
  readonly connect?: ProviderConnect | undefined;
  /** Path after the base URL. Default: `/chat/completions`. */
  readonly pathOf?: (modelName: string) => string;
  /** Redacted from all messages. */
  readonly apiKey: string | null;
  /** Sent with every request: the key, and what a gateway needs. */
  readonly headers: VendorHeaders;
  /**
   * OpenAI renamed `max_tokens` to `max_completion_tokens`, and its reasoning models refuse the old name. Many other servers know only the
   * old one, and refuse the new one or ignore it silently.
   */
  readonly limitName: (modelName: string) => LimitName;
  /** The header that carries the attempt's id, and the one with the vendor's own request id, both in lower case. */
  readonly idHeaders: { readonly sent: string; readonly received: string };
  /** False for a server that refuses `stream_options`. */
  readonly asksForUsage: boolean;
  /** See `ModelProvider`. */
  readonly vendorParams: readonly string[];
}

const PATH = '/chat/completions';

/** Chat completions over HTTP from any server. Sends what OpenAI's SDK sends, at a fraction of the cost. */
export class OpenAiChat {
  private readonly line: VendorLine;
  private readonly vendor: VendorDialect;
  private readonly headers: readonly string[];
  /** The path of every request; null where the model is part of it. */
  private readonly path: string | null;

  constructor(private readonly dialect: OpenAiDialect) {
    const { baseUrl, connect, headers, apiKey, idHeaders, pathOf } = dialect;
    this.line = new VendorLine(new URL(baseUrl).origin, connect);
    this.headers = baseHeaders(headers, idHeaders.sent);
    this.path = pathOf === undefined ? pathBehind(baseUrl, PATH) : null;
    this.vendor = {
      credentials: apiKey === null ? [] : [apiKey],
      requestIdHeader: idHeaders.received,
      createReader: (answered) => new ChatCompletionReader(answered),
    };
  }

  /** @throws ProviderError, or the signal's reason. */
  complete(request: ProviderRequest): Promise<ProviderAnswer> {
    request.progress?.waiting();
    return completeCall(this.line, this.vendor, request, this.toSend(request, false));
  }

  /** @throws ProviderError, or the signal's reason. */
  stream(request: ProviderRequest): AsyncIterable<ProviderEvent> {
    request.progress?.waiting();
    return streamCall(this.line, this.vendor, request, this.toSend(request, true));
  }

  async close(): Promise<void> {
    await this.line.close();
  }

  private toSend(request: ProviderRequest, isStreamed: boolean): VendorRequest {
    const { baseUrl, pathOf, limitName, idHeaders, asksForUsage, vendorParams } = this.dialect;
    const dialect = { limitName: limitName(request.modelName), asksForUsage, vendorParams, isStreamed };
    const { modelName, attemptId } = request;
    return {
      path: this.path ?? pathBehind(baseUrl, pathOf?.(modelName) ?? PATH),
      headers: [...this.headers, idHeaders.sent, attemptId],
      body: writeJson(toChatBody(request, dialect)),
    };
  }
}

/**
 * Matches OpenAI's newer families, which refuse `max_tokens`, by name: dated or not, as fine-tunes (`ft:o3-mini:acme::1`), and with a
 * vendor prefix, as routers use (`openai/o3`).
 */
export function isReasoningModel(modelName: string): boolean {
  const ownName = modelName.slice(modelName.lastIndexOf('/') + 1).replace(/^ft:/i, '');
  // Azure writes 3.5 as 35.
  return /^(o\d|gpt-[5-9](?!\d))/i.test(ownName);
}

/** Accepts a base URL with or without a trailing slash. */
function pathBehind(baseUrl: string, path: string): string {
  const { pathname, search } = new URL(baseUrl.replace(/\/$/, '') + path);
  return pathname + search;
}
