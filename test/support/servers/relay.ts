import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A port that stays the same while the server behind it comes and goes. */
export interface Relay {
  readonly port: number;
  open(targetPort: number): Promise<void>;
  /** Breaks every connection; new ones are refused. */
  close(): Promise<void>;
  /** Breaks every connection as soon as it is made. Resolves after the given number. */
  hangUp(times: number): Promise<void>;
  /** Passes nothing on, over existing connections and new ones, until it is closed. */
  freeze(): void;
}

export async function startRelay(firstTargetPort: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let targetPort = firstTargetPort;
  let isFrozen = false;
  let onHungUp: (() => void) | null = null;

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((client) => {
    keep(client);
    if (onHungUp !== null) {
      client.destroy();
      onHungUp();
      return;
    }
    if (isFrozen) return;
    const upstream = keep(connect(targetPort, '127.0.0.1'));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;

  return {
    port,
    open: async (newTargetPort) => {
      targetPort = newTargetPort;
      isFrozen = false;
      onHungUp = null;
      await listen(server, port);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
    hangUp: (times) =>
      new Promise((resolve) => {
        let left = times;
        onHungUp = () => {
          left -= 1;
          if (left === 0) resolve();
        };
        for (const socket of sockets) socket.destroy();
      }),
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
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
