import type { Server } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import type { SupervisorLink } from '../infra/supervision/index.js';

/** The part of Node's `net` that tracks connections which a server accepted itself, and for which `close()` waits. */
interface AcceptingServer {
  _connections: number;
}
interface AcceptedSocket {
  _server: NetServer | null;
}

/**
 * Makes a server answer on connections that the supervisor accepted, in place of listening. It tracks them as its own,
 * or it would be closed, when it leaves, before those that are open have come to their end.
 */
export function serveHandedConnections(server: Server, link: SupervisorLink): Promise<void> {
  link.onConnection((socket) => {
    adopt(server, socket);
    server.emit('connection', socket);
  });
  // Node begins here to watch for requests that take too long to arrive.
  server.emit('listening');
  return Promise.resolve();
}

/** `net.Server` does the same for what it accepts; a socket that is destroyed counts itself down. */
function adopt(server: Server, socket: Socket): void {
  // http's own servers allow it: a client that has said everything may still listen.
  socket.allowHalfOpen = true;
  (server as unknown as AcceptingServer)._connections += 1;
  (socket as unknown as AcceptedSocket)._server = server;
}
