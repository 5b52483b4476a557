import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VendorBehaviour } from './vendor-server.js';

const FOLDER = join(__dirname, '../../fixtures/providers');

/**
 * Reads what one vendor answered, as a behaviour of its stand-in. An answer `….stream.txt` is given as one document to who
 * asks for a whole one.
 */
export function fixtureOf(
  providerId: string,
): (file: string) => Extract<VendorBehaviour, { readonly kind: 'raw' }> {
  return (file) => ({
    kind: 'raw',
    body: readFileSync(join(FOLDER, providerId, file), 'utf8'),
    contentType: file.endsWith('.json') ? 'application/json' : 'text/event-stream',
    asAsked: file.endsWith('.stream.txt'),
  });
}
