import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * Lets a server finish what it has begun. `server.close()` alone waits for every connection, also for those that a
 * browser opened ahead and never used; so the requests are counted, and when none is left the connections are cut.
 */
export class HttpDrain {
  private inFlight = 0;
  private onIdle: (() => void) | undefined;

  constructor(private readonly server: Server) {
    server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
      this.inFlight += 1;
      response.once('close', () => this.ended());
    });
  }

  /** Takes no new connections, and ends the present ones when their requests are answered, or after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const idle = new Promise<void>((resolve) => (this.onIdle = resolve));
    if (this.inFlight === 0) this.onIdle?.();
    const timer = setTimeout(() => this.onIdle?.(), graceMs);
    await idle;
    clearTimeout(timer);
    this.server.closeAllConnections();
    await closed;
  }

  private ended(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) this.onIdle?.();
  }
}
