import type { Environment } from './environment.js';

/** The default key is public, so outside production the service listens on loopback only unless `HOST` says otherwise. */
export function listenHost({ HOST, NODE_ENV }: Pick<Environment, 'HOST' | 'NODE_ENV'>): string {
  return HOST ?? (NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1');
}
