import type { IncomingMessage } from 'node:http';

/** The bytes of a body that is not encoded, and whose announced length was found small enough; `null`: cut off. */
export function readPlainBody(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.once('end', () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
    });
    // After the end, this finds the promise settled.
    request.once('close', () => resolve(null));
    request.once('error', () => resolve(null));
  });
}
