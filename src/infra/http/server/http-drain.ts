import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DrainLimits {
  /** How long idle connections stay open for a request that may be on its way. Part of the grace. */
  readonly lingerMs: number;
  /** How long requests may take to be answered. */
  readonly graceMs: number;
}

/** After a turn this short, hardly any connection can be waiting unaccepted. */
const QUIET_TURN_MS = 0.05;
/** In a process that is never quiet, waiting longer gains nothing. */
const LONGEST_WAIT_FOR_QUIET_MS = 500;

/**
 * Lets a server leave without any error for a client that retries refused connections. The server accepts no new connection, and each
 * answer from then on ends its connection. Idle connections linger, because a request may be on its way; `server.close()` would cut them at
 * once. It would also wait for every connection that a browser opened ahead and never used, so HttpDrain counts requests and cuts the
 * connections when none is left.
 */
export class HttpDrain {
  private readonly underWay = new Set<ServerResponse>();
  private leaving = false;
  private onIdle: (() => void) | undefined;

  constructor(private readonly server: Server) {
    const ended = (response: ServerResponse) => this.ended(response);
    // One function serves all requests; `this` is the response that emits the event.
    const onClose = function (this: ServerResponse): void {
      ended(this);
    };
    // Prepended, because a handler may answer in the same turn.
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      this.underWay.add(response);
      if (this.leaving) endConnection(response);
      response.on('close', onClose);
    });
  }

  /** Resolves when all connections are closed. Cuts those that remain after the grace. */
  async stop({ lingerMs, graceMs }: DrainLimits): Promise<void> {
    const endsAtMs = performance.now() + graceMs;
    await quietTurn();
    // Calls the `close` of `node:net`, because that of `node:http` cuts idle connections.
    const closed = new Promise<void>((resolve) => {
      NetServer.prototype.close.call(this.server, () => resolve());
    });
    this.leaving = true;
    for (const response of this.underWay) endConnection(response);
    await Promise.race([closed, elapsed(Math.min(lingerMs, graceMs))]);
    await Promise.race([this.whenIdle(), elapsed(endsAtMs - performance.now())]);
    this.server.closeAllConnections();
    await closed;
  }

  private whenIdle(): Promise<void> {
    if (this.underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.onIdle = resolve));
  }

  private ended(response: ServerResponse): void {
    this.underWay.delete(response);
    if (this.underWay.size === 0) this.onIdle?.();
  }
}

/** Makes Node send `Connection: close`, however the answer is written. Has no effect once the headers are sent. */
function endConnection(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}

/**
 * Waits for a turn of the event loop in which nothing else ran. Closing a listening socket resets connections that were not accepted yet,
 * which a client cannot tell from a cut request, and such connections pile up during a busy turn.
 */
async function quietTurn(): Promise<void> {
  const untilMs = performance.now() + LONGEST_WAIT_FOR_QUIET_MS;
  await turn();
  for (;;) {
    const fromMs = performance.now();
    await turn();
    const nowMs = performance.now();
    if (nowMs - fromMs < QUIET_TURN_MS || nowMs > untilMs) return;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Resolves after the time without keeping the process alive. */
async function elapsed(ms: number): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { ref: false });
}
