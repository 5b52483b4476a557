import { request } from 'node:http';
import type { ApiBody, ApiResponse } from '../support/api-client.js';

export interface RawRequest {
  readonly method: string;
  /** Goes on the wire unchanged, while `fetch` would normalize it. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface RawResponse extends ApiResponse<ApiBody> {
  readonly text: string;
}

/** Sends bytes that no well-behaved client sends. */
export function rawRequest(url: string, { method, path, headers, body }: RawRequest): Promise<RawResponse> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: incoming.statusCode ?? 0,
          headers: new Headers(incoming.headers as Record<string, string>),
          body: (text === '' ? null : JSON.parse(text)) as ApiBody,
          text,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
