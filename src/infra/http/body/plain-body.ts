import type { IncomingMessage } from 'node:http';

/** Reads an unencoded body whose announced length is within the limit. Resolves to `null` when it is cut off. */
export function readPlainBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    // Most bodies are one chunk.
    let first: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    request.on('data', (chunk: Buffer) => {
      if (first === undefined) first = chunk;
      else (chunks ??= [first]).push(chunk);
    });
    request.on('end', () => {
      resolve(chunks === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(chunks));
    });
    // After 'end' the promise is already settled. A request that is cut off emits 'close' too; its error has no listener, and without one
    // it is not raised.
    request.on('close', () => resolve(null));
  });
}
