import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VendorBehaviour } from './vendor-server.js';

const FOLDER = join(__dirname, '../../fixtures/providers');

/**
 * Reads a vendor's recorded answer as a behaviour of its fake. A request for a whole answer gets a `….stream.txt` as
 * one document.
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
