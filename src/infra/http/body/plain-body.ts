import type { IncomingMessage } from 'node:http';

/** The bytes of a body that is not encoded, and whose announced length was found small enough; `null`: cut off. */
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
    // After the end, this finds the promise settled. A request that is cut off closes as well: nobody listens for its
    // error, and without a listener it is not raised.
    request.on('close', () => resolve(null));
  });
}
