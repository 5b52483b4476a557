import type { Environment } from './environment.js';

/** The default key is published, so without one of your own the service listens to this machine only. */
export function listenHost({ HOST, NODE_ENV }: Pick<Environment, 'HOST' | 'NODE_ENV'>): string {
  return HOST ?? (NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1');
}
