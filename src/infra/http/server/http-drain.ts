import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DrainLimits {
  /** The time for which idle connections stay open for a request that is on its way on one. Part of the grace. */
  readonly lingerMs: number;
  /** The time that requests may take to be answered. */
  readonly graceMs: number;
}

/** Between two turns in which nothing else ran, next to nobody can have connected and not been accepted. */
const QUIET_TURN_MS = 0.05;
/** In a process that is never quiet, one moment is as good as another. */
const LONGEST_WAIT_FOR_QUIET_MS = 500;

/**
 * Lets a server leave without a client noticing that repeats refused connections: no new connection is accepted, each answer from then
 * on ends its connection, and a connection that lies idle is given a while, because a request may be on its way on it. `server.close()`
 * would cut it at once. It would also wait for every connection that a browser opened ahead and never used; so the requests are
 * counted, and when none is left the connections are cut.
 */
export class HttpDrain {
  private readonly underWay = new Set<ServerResponse>();
  private leaving = false;
  private onIdle: (() => void) | undefined;

  constructor(private readonly server: Server) {
    const ended = (response: ServerResponse) => this.ended(response);
    // One function for all requests, which finds the response as what emits the event.
    const onClose = function (this: ServerResponse): void {
      ended(this);
    };
    // Before whoever answers, who may do so in the same turn.
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      this.underWay.add(response);
      if (this.leaving) endConnection(response);
      response.on('close', onClose);
    });
  }

  /** Resolves when all connections are closed: those that are left after the grace are cut. */
  async stop({ lingerMs, graceMs }: DrainLimits): Promise<void> {
    const endsAtMs = performance.now() + graceMs;
    await quietTurn();
    // This is the `close` of `node:net`; that of `node:http` cuts idle connections.
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

/** Makes Node say `Connection: close`, however the answer is written; one whose headers are out is not changed. */
function endConnection(response: ServerResponse): void {
  response.shouldKeepAlive = false;
}

/**
 * Waits for a turn of the event loop in which nothing else was done. Closing a listening socket resets who has connected
 * and was not accepted yet, which a client cannot tell from a request that was cut; and while a turn is busy, they gather.
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

/** Keeps no process alive. */
async function elapsed(ms: number): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { ref: false });
}
