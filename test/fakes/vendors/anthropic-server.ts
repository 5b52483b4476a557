import {
  countWords,
  serverSentEvent,
  unknownField,
  VendorServer,
  type VendorDialect,
  type VendorRequest,
} from './vendor-server.js';
import { toMessage } from './whole-answers.js';

/** The fields of "Create a message" that a text client may send; the vendor refuses others by name. */
const FIELDS = [
  ...['model', 'max_tokens', 'system', 'messages', 'stream', 'stop_sequences'],
  ...['tools', 'tool_choice', 'output_config'],
];
const SAMPLING = ['temperature', 'top_p', 'top_k'];

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

/** Starts Anthropic's Messages API on loopback. With an `apiKey`, every other key gets its 401. */
export function startAnthropicServer(apiKey: string): Promise<VendorServer> {
  return VendorServer.start(dialectOf(apiKey));
}

function dialectOf(apiKey: string): VendorDialect {
  return {
    attemptIdHeader: 'x-client-request-id',
    requestIdHeader: 'request-id',
    refuse: ({ method, path, headers, body }) => {
      if (method !== 'POST' || path !== '/v1/messages') return { status: 404, message: 'Not found' };
      if (headers.authorization !== `Bearer ${apiKey}`)
        return { status: 401, message: 'invalid authentication' };
      const version = String(headers['anthropic-version']);
      const fields = version === '2023-06-01' ? [...FIELDS, ...SAMPLING] : FIELDS;
      const unknown = unknownField(body, fields);
      if (unknown !== undefined)
        return { status: 400, message: `${unknown}: Extra inputs are not permitted` };
      if (typeof body['max_tokens'] !== 'number')
        return { status: 400, message: 'max_tokens: Field required' };
      if (messagesOf(body).length > 0) return null;
      return { status: 400, message: 'messages: at least one message is required' };
    },
    errorBody: (status, message) => ({
      type: 'error',
      error: { type: ERROR_TYPES[status] ?? 'invalid_request_error', message },
      request_id: 'req_of_the_body',
    }),
    answer: answerOf,
    isStreamed: ({ body }) => body['stream'] === true,
    toDocument: toMessage,
  };
}

function answerOf({ number, body }: VendorRequest): string[] {
  const said = messagesOf(body);
  const pieces = ['You said: ', textOf(said.at(-1)?.content ?? '')];
  const usage = {
    input_tokens: said.reduce((sum, { content }) => sum + countWords(textOf(content)), 0),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1,
  };
  const message = {
    id: `msg_${number}`,
    type: 'message',
    role: 'assistant',
    model: body['model'],
    content: [],
    stop_reason: null,
    usage,
  };
  const event = (type: string, fields: object = {}): string => serverSentEvent({ type, ...fields }, type);
  return [
    event('message_start', { message }),
    event('ping'),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...pieces.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: countWords(pieces.join('')) },
    }),
    event('message_stop'),
  ];
}

type Content = string | readonly { readonly text?: string; readonly content?: string }[];

function messagesOf(body: VendorRequest['body']): readonly { readonly content: Content }[] {
  return (body['messages'] ?? []) as { content: Content }[];
}

/** Returns the text of text blocks and result blocks. */
function textOf(content: Content): string {
  if (typeof content === 'string') return content;
  return content.map((block) => block.text ?? block.content ?? '').join('');
}
