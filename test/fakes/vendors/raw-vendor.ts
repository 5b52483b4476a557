import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The answer to every request, byte for byte. */
export interface RawAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The size of the body's pieces in bytes; omitted for a single piece. */
  readonly packetBytes?: number;
  /** Resets the connection once the body is sent. */
  readonly isCut?: boolean;
}

/** A server on loopback that answers every request with given bytes. */
export class RawVendor {
  answer: RawAnswer = { body: '' };
  /** The number of requests. */
  requests = 0;
  /** How many bytes of the last answer were sent. */
  sentBytes = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      request.resume();
      request.on('end', () => {
        this.requests += 1;
        this.sentBytes = 0;
        this.send(response).catch(() => response.destroy());
      });
    });
  }

  static async start(): Promise<RawVendor> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RawVendor(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async send(response: ServerResponse): Promise<void> {
    const { status = 200, headers = {}, body, packetBytes, isCut = false } = this.answer;
    response.writeHead(status, headers);
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const step = packetBytes ?? (bytes.length || 1);
    for (let start = 0; start < bytes.length; start += step) {
      const packet = bytes.subarray(start, start + step);
      await new Promise((resolve) => response.write(packet, resolve));
      this.sentBytes += packet.length;
    }
    if (!isCut) return void response.end();
    // A reset discards everything that is still in transit.
    await sleep(20);
    response.socket?.resetAndDestroy();
  }
}
