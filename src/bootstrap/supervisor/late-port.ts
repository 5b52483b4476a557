import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { listen } from '../listen.js';

/** A port on which somebody always connects closes all the same. */
const LONGEST_WAIT_FOR_QUIET_MS = 500;

/** The port of the service. It opens when there is somebody to answer, and hands on connections unread. */
export class LatePort {
  private server: Server | null = null;
  private closing = false;
  private accepted = 0;

  constructor(private readonly deal: (socket: Socket) => void) {}

  /**
   * Where it listens now; null when it was closed before.
   * @throws ConfigurationError when the port is not to be had.
   */
  async open(port: number, host: string): Promise<AddressInfo | null> {
    if (this.isClosed()) return null;
    // These are the options with which Node's http server accepts its own connections.
    this.server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (socket) => {
      this.accepted += 1;
      // A client that is gone before a process has its connection.
      socket.on('error', () => undefined);
      this.deal(socket);
    });
    const address = await listen(this.server, port, host);
    if (!this.isClosed()) return address;
    this.server.close();
    return null;
  }

  /** From then on connections are refused, and all that were accepted have been dealt. */
  async close(): Promise<void> {
    this.closing = true;
    if (this.server === null) return;
    // Closing resets whoever has connected and was not accepted yet, so it happens when nobody just did.
    const untilMs = performance.now() + LONGEST_WAIT_FOR_QUIET_MS;
    let before: number;
    do {
      before = this.accepted;
      await turn();
      await turn();
    } while (this.accepted !== before && performance.now() < untilMs);
    // Its end is not waited for: that comes when the processes have closed every connection.
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
