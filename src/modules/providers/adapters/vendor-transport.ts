import { Agent, request, type Dispatcher } from 'undici';
import { ProviderError } from '../provider.contract.js';

/** An error says what it has to say in far less; an SDK would read any length into memory. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

/**
 * The `fetch` that an SDK is given: keep-alive, since a TLS handshake costs more than the rest of our share of
 * a call, and without time limits of its own, since the deadlines are the caller's.
 *
 * Made of undici's `request`, because `fetch` wraps each body into web streams: 0.30 against 0.64 ms of CPU
 * for a whole short call, SDK included.
 */
export class VendorTransport {
  private readonly agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

  /** @param reshapeError makes the body of an error look as the SDK wants it. */
  constructor(private readonly reshapeError: (body: string) => string = (body) => body) {}

  readonly fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const answer = await this.send(url as string, init);
    const { statusCode: status, body } = answer;
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined) headers.set(name, String(value));
    }
    if (status < 200 || status > 299) {
      return new Response(this.reshapeError(await readError(body)), { status, headers });
    }
    // As much of a Response as the SDKs and our own readers look at.
    return { ok: true, status, headers, body, url } as unknown as Response;
  };

  /** Ends what is still running. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async send(url: string, init: RequestInit): Promise<Dispatcher.ResponseData> {
    try {
      return await request(url, {
        dispatcher: this.agent,
        method: init.method ?? 'GET',
        headers: Object.fromEntries(init.headers as Headers),
        body: init.body as string,
        signal: init.signal,
      });
    } catch (error) {
      // As `fetch` does it: of an error an SDK is sure to pass on the cause, where the socket's code is.
      throw init.signal?.aborted === true ? error : new TypeError('fetch failed', { cause: error });
    }
  }
}

/** The bytes of a body, as they come. */
export function bodyOf(response: Response): AsyncIterable<Uint8Array> {
  if (response.body === null) {
    throw new ProviderError('provider_error', "The provider's answer has no body.");
  }
  return response.body;
}

async function readError(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    // Leaving the loop closes the connection.
    if (sizeBytes >= MAX_ERROR_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
