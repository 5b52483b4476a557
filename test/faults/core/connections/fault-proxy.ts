import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Looks at one connection's bytes, and may hold them back. */
export interface Tap {
  /** From the client; what is answered is passed on to the server. */
  fromClient(chunk: Buffer): Buffer;
  /** From the server; what is answered is passed on to the client. */
  fromServer(chunk: Buffer): Buffer;
}

/** The means of a tap against its connection. */
export interface TappedConnection {
  /** Passes on what has been answered so far, then resets both ends. */
  cut(): void;
}

/**
 * A TCP proxy on loopback at a port that stays the same while the server behind it comes and goes. It passes everything
 * on until it is told otherwise.
 */
export class FaultProxy {
  private readonly connections = new Set<Connection>();
  private isBlackhole = false;
  private delayMs = 0;
  private cutCount = 0;
  private acceptedCount = 0;
  private makeTap: ((connection: TappedConnection) => Tap) | null = null;

  private constructor(
    private readonly server: Server,
    private targetPort: number,
    readonly port: number,
  ) {
    server.on('connection', (socket) => this.accept(socket));
  }

  static async start(targetPort: number): Promise<FaultProxy> {
    // Half-closed connections are passed on as such, not completed by us.
    const server = createServer({ allowHalfOpen: true });
    await listen(server, 0);
    return new FaultProxy(server, targetPort, (server.address() as AddressInfo).port);
  }

  /** So many connections were broken by this proxy, ever. */
  get cuts(): number {
    return this.cutCount;
  }

  /** So many connections were made through this proxy, ever. */
  get accepted(): number {
    return this.acceptedCount;
  }

  /** So many are open now. */
  get open(): number {
    return this.connections.size;
  }

  /** New connections go there. */
  target(port: number): void {
    this.targetPort = port;
  }

  /** Each new connection gets a tap; null: none. */
  tap(makeTap: ((connection: TappedConnection) => Tap) | null): void {
    this.makeTap = makeTap;
  }

  /** Resets all connections there are, as a firewall that lost its table. @returns how many. */
  resetAll(): number {
    const broken = [...this.connections];
    for (const connection of broken) connection.reset();
    return broken.length;
  }

  /** Ends the server's side of all connections in order, and leaves the client's open. @returns how many. */
  halfCloseAll(): number {
    for (const { client } of this.connections) client.end();
    return this.connections.size;
  }

  /** From now on nothing is passed on and nobody hangs up, as behind a network that drops packets; {@link pass} ends it. */
  blackhole(): void {
    this.isBlackhole = true;
    for (const connection of this.connections) connection.pause();
  }

  /** From now on everything comes so much later, in each direction. 0 ends it. */
  delay(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Connections are refused, and those there are are reset; {@link pass} ends it. @returns how many were. */
  async refuse(): Promise<number> {
    // First no more are taken: one that came between the resets and this would be waited for, and nobody ends it.
    const closed = this.server.listening
      ? new Promise((resolve) => this.server.close(resolve))
      : Promise.resolve();
    const broken = this.resetAll();
    await closed;
    return broken;
  }

  /** All is well again. What was held back in a blackhole is lost with its connection. */
  async pass(): Promise<void> {
    if (this.isBlackhole) this.resetAll();
    this.isBlackhole = false;
    this.delayMs = 0;
    if (!this.server.listening) await listen(this.server, this.port);
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  private accept(client: Socket): void {
    this.acceptedCount += 1;
    const connection = new Connection(
      client,
      connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true }),
      {
        delayMs: () => this.delayMs,
        onReset: () => {
          this.cutCount += 1;
        },
        onGone: () => this.connections.delete(connection),
      },
    );
    this.connections.add(connection);
    connection.run(this.makeTap?.(connection) ?? null);
    if (this.isBlackhole) connection.pause();
  }
}

interface ConnectionHost {
  delayMs(): number;
  onReset(): void;
  onGone(): void;
}

class Connection implements TappedConnection {
  private isPaused = false;
  private isGone = false;

  constructor(
    readonly client: Socket,
    readonly server: Socket,
    private readonly host: ConnectionHost,
  ) {
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
    }
  }

  run(tap: Tap | null): void {
    this.pump(this.client, this.server, (chunk) => tap?.fromClient(chunk) ?? chunk);
    this.pump(this.server, this.client, (chunk) => tap?.fromServer(chunk) ?? chunk);
  }

  pause(): void {
    this.isPaused = true;
    this.client.pause();
    this.server.pause();
  }

  cut(): void {
    // After the bytes that the tap has let pass in this very call.
    setImmediate(() => this.reset());
  }

  reset(): void {
    if (this.isGone) return;
    this.host.onReset();
    // The server first: whoever is told of the cut finds that its session is ending.
    this.server.resetAndDestroy();
    this.client.resetAndDestroy();
  }

  private pump(from: Socket, to: Socket, look: (chunk: Buffer) => Buffer): void {
    from.on('data', (chunk: Buffer) => {
      const passed = look(chunk);
      if (passed.length === 0) return;
      this.later(() => {
        if (to.destroyed || to.write(passed)) return;
        from.pause();
        to.once('drain', () => {
          if (!this.isPaused) from.resume();
        });
      });
    });
    from.on('end', () => this.later(() => to.end()));
    from.on('close', () => {
      if (!this.isGone) this.host.onGone();
      this.isGone = true;
      this.later(() => to.destroy());
    });
  }

  /** In order, because timers of the same length are; a delay that changes in between may swap two. */
  private later(work: () => void): void {
    const delayMs = this.host.delayMs();
    if (delayMs === 0) work();
    else setTimeout(work, delayMs);
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
