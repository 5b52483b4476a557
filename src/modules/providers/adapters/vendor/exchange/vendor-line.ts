import type { IncomingHttpHeaders } from 'node:http';
import { Pool, type Dispatcher } from 'undici';
import type { ProviderProgress } from '../../../provider-progress.js';
import type { ProviderConnect } from '../../../provider.contract.js';
import type { WholeExchange } from './whole-exchange.js';

/** A POST to a vendor. */
export interface VendorRequest {
  /** Path with query. */
  readonly path: string;
  /** Names and values alternate. */
  readonly headers: readonly string[];
  readonly body: string;
}

export interface StreamedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Read with backpressure. Leaving it early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The connections of one adapter to its vendor. They are kept alive, because a TLS handshake costs more than the rest of our share of a
 * call, and have no timeouts of their own, because the caller sets deadlines. A line follows no redirects, requests no compression, ignores
 * proxies in the environment, and never repeats a request.
 */
export class VendorLine {
  private readonly pool: Pool;

  /**
   * @param origin the vendor's address without a path
   * @param connect opens connections. Left out: undici's default.
   */
  constructor(origin: string, connect?: ProviderConnect) {
    const limits = { headersTimeout: 0, bodyTimeout: 0 };
    this.pool = new Pool(origin, connect === undefined ? limits : { ...limits, connect });
  }

  /** Settles as `WholeExchange.send` does. */
  exchange(exchange: WholeExchange, request: VendorRequest): Promise<void> {
    return exchange.send(this.pool, toOptions(request));
  }

  /** @throws whatever broke the connection, or the signal's reason. */
  async stream(
    request: VendorRequest,
    signal: AbortSignal,
    progress?: ProviderProgress,
  ): Promise<StreamedResponse> {
    const dispatcher = progress === undefined ? this.pool : this.pool.compose(tellSending(progress));
    const {
      statusCode: status,
      headers,
      body,
    } = await dispatcher.request({
      ...toOptions(request),
      signal,
    });
    return { status, headers, body };
  }

  /** Aborts all calls in flight. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function toOptions({ path, headers, body }: VendorRequest): Dispatcher.DispatchOptions & { method: 'POST' } {
  return { path, method: 'POST', headers: headers as string[], body };
}

/** Calls `progress.sending` once a connection is open. The request is written after that call returns. */
function tellSending(progress: ProviderProgress): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    for (const name of ['onRequestStart', 'onConnect'] as const) {
      const start: unknown = Reflect.get(handler, name);
      if (typeof start !== 'function') continue;
      handler[name] = (...args: unknown[]) => {
        progress.sending();
        Reflect.apply(start, handler, args);
      };
    }
    return dispatch(options, handler);
  };
}
