import type { Server } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import type { SupervisorLink } from '../infra/supervision/index.js';

/** The part of Node's `net` that tracks the connections a server accepted, which `close()` waits for. */
interface AcceptingServer {
  _connections: number;
}
interface AcceptedSocket {
  _server: NetServer | null;
}

/**
 * Makes a server answer on connections that the supervisor accepted, instead of listening. The server tracks them as its own; otherwise
 * closing it would not wait for them.
 */
export function serveHandedConnections(server: Server, link: SupervisorLink): Promise<void> {
  link.onConnection((socket) => {
    adopt(server, socket);
    server.emit('connection', socket);
  });
  // On this event Node starts to watch for requests that take too long to arrive.
  server.emit('listening');
  return Promise.resolve();
}

/** Does what `net.Server` does for connections it accepts. A destroyed socket removes itself from the count. */
function adopt(server: Server, socket: Socket): void {
  // A client that has finished sending may still read, as with Node's own HTTP servers.
  socket.allowHalfOpen = true;
  (server as unknown as AcceptingServer)._connections += 1;
  (socket as unknown as AcceptedSocket)._server = server;
}
