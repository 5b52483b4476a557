import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Inspects the bytes of one connection, and may hold them back. */
export interface Tap {
  /** Receives bytes from the client, and returns those to pass to the server. */
  fromClient(chunk: Buffer): Buffer;
  /** Receives bytes from the server, and returns those to pass to the client. */
  fromServer(chunk: Buffer): Buffer;
}

/** What a tap can do to its connection. */
export interface TappedConnection {
  /** Passes on what was returned so far, then resets both ends. */
  cut(): void;
}

/**
 * A TCP proxy on loopback at a port that stays the same while the server behind it comes and goes. It passes everything
 * on unless told otherwise.
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
    // Half-closed connections are passed on as such, and not completed here.
    const server = createServer({ allowHalfOpen: true });
    await listen(server, 0);
    return new FaultProxy(server, targetPort, (server.address() as AddressInfo).port);
  }

  /** The total number of connections that this proxy broke. */
  get cuts(): number {
    return this.cutCount;
  }

  /** The total number of connections that it accepted. */
  get accepted(): number {
    return this.acceptedCount;
  }

  /** The number of connections that are open now. */
  get open(): number {
    return this.connections.size;
  }

  /** Sets the port for new connections. */
  target(port: number): void {
    this.targetPort = port;
  }

  /** Gives each new connection a tap; null removes it. */
  tap(makeTap: ((connection: TappedConnection) => Tap) | null): void {
    this.makeTap = makeTap;
  }

  /** Resets all connections, as a firewall that lost its table does. @returns how many. */
  resetAll(): number {
    const broken = [...this.connections];
    for (const connection of broken) connection.reset();
    return broken.length;
  }

  /** Ends the server's side of all connections gracefully, and leaves the client's side open. @returns how many. */
  halfCloseAll(): number {
    for (const { client } of this.connections) client.end();
    return this.connections.size;
  }

  /** Passes nothing on but keeps connections open, as a network that drops packets would, until {@link pass}. */
  blackhole(): void {
    this.isBlackhole = true;
    for (const connection of this.connections) connection.pause();
  }

  /** Delays everything by this much in each direction. 0 ends it. */
  delay(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Refuses new connections and resets existing ones until {@link pass}. @returns how many were reset. */
  async refuse(): Promise<number> {
    // Stop listening first: a connection made between the resets and the close would never end, and the close would wait for it.
    const closed = this.server.listening
      ? new Promise((resolve) => this.server.close(resolve))
      : Promise.resolve();
    const broken = this.resetAll();
    await closed;
    return broken;
  }

  /** Restores normal service. Bytes held back in a blackhole are lost with their connection. */
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
    // Runs after the bytes that the tap returns from this very call.
    setImmediate(() => this.reset());
  }

  reset(): void {
    if (this.isGone) return;
    this.host.onReset();
    // The server's side goes first, so that its session is ending when anybody hears of the cut.
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

  /** Keeps the order, because timers of the same length do. A delay that changes in between may swap two. */
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
