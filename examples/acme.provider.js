// A provider to copy: docs/providers.md says how. It needs nothing but Node and `prompt-ledger/provider`.
//
//   PROVIDER_MODULES=/somewhere/acme.provider.js ACME_API_KEY=… npm start
//
// "Acme" is made up. Its POST /generate streams one JSON document a line:
//   {"text":"Hel"}  {"text":"lo"}  {"done":true,"reason":"stop","usage":{"input":3,"output":2}}
const {
  Provider,
  ProviderError,
  providerErrorFromStatus,
  tokenCount,
  toProviderError,
} = require('prompt-ledger/provider');

class AcmeProvider {
  // Whatever is not listed here is refused with a 400, so list only what you really send below.
  supportedParams = ['max_new_tokens', 'temperature'];

  // `env(name)` reads a setting; undefined when it is unset or empty.
  constructor(env) {
    this.apiKey = env('ACME_API_KEY');
    this.baseUrl = env('ACME_BASE_URL') ?? 'https://api.acme.example';
  }

  readiness() {
    return this.apiKey ? { ready: true } : { ready: false, missing: 'ACME_API_KEY' };
  }

  // One call, no retries, no timers: the service has its own, and `signal` tells of them.
  async *stream({ modelName, messages, params, attemptId, signal }) {
    let providerRequestId = null;
    try {
      const response = await fetch(`${this.baseUrl}/generate`, {
        method: 'POST',
        signal,
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          'content-type': 'application/json',
          'x-client-request-id': attemptId,
        },
        body: JSON.stringify({
          model: modelName,
          messages,
          max_tokens: params.max_new_tokens, // undefined is left out by JSON: absent means not sent
          temperature: params.temperature,
        }),
      });
      providerRequestId = response.headers.get('x-acme-request');
      if (!response.ok) {
        await response.body?.cancel();
        throw providerErrorFromStatus({
          status: response.status,
          retryAfter: response.headers.get('retry-after'),
          providerRequestId,
        });
      }

      yield { type: 'start', providerRequestId };
      for await (const line of linesOf(response.body)) {
        const part = JSON.parse(line);
        if (typeof part.text === 'string') yield { type: 'delta', text: part.text };
        if (part.done !== true) continue;
        yield {
          type: 'end',
          finishReason: part.reason ?? null,
          usage: {
            promptTokens: tokenCount(part.usage?.input), // null when Acme does not say, never 0
            responseTokens: tokenCount(part.usage?.output),
            raw: part.usage ?? null,
          },
          servedModelName: part.model ?? null,
        };
        return;
      }
      // No `end`: the line was cut, and half an answer must not pass for a whole one.
      throw new ProviderError('connection', 'The answer stopped before its end.', { providerRequestId });
    } catch (error) {
      // Classes network and parse errors, and keeps prompts and keys out of the message.
      throw toProviderError(error, providerRequestId);
    }
  }
}

async function* linesOf(body) {
  const decoder = new TextDecoder();
  let open = '';
  for await (const bytes of body) {
    const lines = (open + decoder.decode(bytes, { stream: true })).split('\n');
    open = lines.pop();
    if (open.length > 1_000_000) throw new ProviderError('provider_error', 'A line without an end.');
    yield* lines.filter((line) => line.trim() !== '');
  }
}

Provider({ id: 'acme' })(AcmeProvider);

module.exports = { AcmeProvider };
