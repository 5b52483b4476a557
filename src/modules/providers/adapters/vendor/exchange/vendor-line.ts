import type { IncomingHttpHeaders } from 'node:http';
import { Pool, type Dispatcher } from 'undici';
import type { ProviderProgress } from '../../../provider-progress.js';
import type { ProviderConnect } from '../../../provider.contract.js';
import type { WholeExchange } from './whole-exchange.js';

/** A POST to a vendor. */
export interface VendorRequest {
  /** With its query. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
}

export interface StreamedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Read no faster than it is iterated over; leaving it early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The connections of one adapter to its vendor: kept alive, since a TLS handshake costs more than the rest of our share
 * of a call, and without time limits of their own, since the deadlines are the caller's. It follows no redirect, asks
 * for no compression, reads no proxy from the environment, and never sends a request again.
 */
export class VendorLine {
  private readonly pool: Pool;

  /**
   * @param origin of the vendor's address, without a path
   * @param connect how connections are opened; left out: as usual.
   */
  constructor(origin: string, connect?: ProviderConnect) {
    const limits = { headersTimeout: 0, bodyTimeout: 0 };
    this.pool = new Pool(origin, connect === undefined ? limits : { ...limits, connect });
  }

  /** Settles as `WholeExchange.send` does. */
  exchange(exchange: WholeExchange, request: VendorRequest): Promise<void> {
    return exchange.send(this.pool, toOptions(request));
  }

  /** @throws whatever broke the line, or the signal's reason. */
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

  /** Ends what is still running. */
  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function toOptions({ path, headers, body }: VendorRequest): Dispatcher.DispatchOptions & { method: 'POST' } {
  return { path, method: 'POST', headers: headers as string[], body };
}

/** Calls `progress.sending` once there is an open connection. The request is written when that call has returned. */
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
