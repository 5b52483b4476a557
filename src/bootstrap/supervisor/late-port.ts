import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { listen } from '../listen.js';

/** A port that never falls quiet is closed after this long anyway. */
const LONGEST_WAIT_FOR_QUIET_MS = 500;

/** The service's port. It opens once a process can answer, and hands on connections unread. */
export class LatePort {
  private server: Server | null = null;
  private closing = false;
  private accepted = 0;

  constructor(private readonly deal: (socket: Socket) => void) {}

  /**
   * Resolves with the address it listens on; null when it was closed before.
   * @throws ConfigurationError when the port is unavailable.
   */
  async open(port: number, host: string): Promise<AddressInfo | null> {
    if (this.isClosed()) return null;
    // The same options as Node's http server uses for its own connections.
    this.server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) => {
      this.accepted += 1;
      // Handles a client that disconnects before a process has its connection.
      socket.on('error', () => undefined);
      this.deal(socket);
    });
    const address = await listen(this.server, port, host);
    if (!this.isClosed()) return address;
    this.server.close();
    return null;
  }

  /** Once resolved, connections are refused, and all accepted ones have been dealt. */
  async close(): Promise<void> {
    this.closing = true;
    if (this.server === null) return;
    // Closing resets connections that were not accepted yet, so it waits until no client has just connected.
    const untilMs = performance.now() + LONGEST_WAIT_FOR_QUIET_MS;
    let before: number;
    do {
      before = this.accepted;
      await turn();
      await turn();
    } while (this.accepted !== before && performance.now() < untilMs);
    // Not awaited: the close completes only when the processes have closed every connection.
    this.server.close();
  }

  private isClosed(): boolean {
    return this.closing;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
