import { completionStream, describeChat } from './openai-wire.js';
import { VendorServer, type VendorDialect, type VendorRequest } from './vendor-server.js';
import { toChatCompletion } from './whole-answers.js';

const PROMPT_RESULTS = [{ prompt_index: 0, content_filter_results: { hate: { filtered: false } } }];

/** Starts Azure's OpenAI on loopback: the deployment is in the path, and the key in a header of its own. */
export function startAzureServer(apiKey: string): Promise<VendorServer> {
  return VendorServer.start({
    ...dialect,
    attemptIdHeader: 'x-ms-client-request-id',
    requestIdHeader: 'apim-request-id',
    refuse: ({ method, path, headers }) => {
      if (headers['api-key'] !== apiKey) {
        return { status: 401, message: 'Access denied due to invalid subscription key.' };
      }
      const known =
        /^\/openai\/deployments\/[^/]+\/chat\/completions\?api-version=\d{4}-\d\d-\d\d(-preview)?$/;
      return method === 'POST' && known.test(path) ? null : { status: 404, message: 'Resource not found' };
    },
    // The first event has no choice, only the filter's verdict on the prompt.
    answer: (request) => [
      `data: ${JSON.stringify({ choices: [], model: '', prompt_filter_results: PROMPT_RESULTS })}\n\n`,
      ...answerOf(request),
    ],
  });
}

/** Starts a server like vLLM or Ollama on loopback. Without a key it requires none. */
export function startCompatibleServer(apiKey: string | null): Promise<VendorServer> {
  return VendorServer.start({
    ...dialect,
    refuse: ({ method, path, headers }) => {
      if (method !== 'POST' || path !== '/v1/chat/completions') return { status: 404, message: 'Not Found' };
      const expected = apiKey === null ? undefined : `Bearer ${apiKey}`;
      return headers.authorization === expected ? null : { status: 401, message: 'Unauthorized' };
    },
  });
}

const dialect: VendorDialect = {
  attemptIdHeader: 'x-client-request-id',
  requestIdHeader: 'x-request-id',
  refuse: () => null,
  errorBody: (status, message) => ({ error: { message, type: null, param: null, code: String(status) } }),
  answer: answerOf,
  isStreamed: ({ body }) => body['stream'] === true,
  toDocument: toChatCompletion,
};

/** A whole answer includes its usage unasked. */
function answerOf({ number, body }: VendorRequest): readonly string[] {
  const asked =
    body['stream'] === true ? body : { ...body, stream: true, stream_options: { include_usage: true } };
  return completionStream(describeChat(number, asked));
}
