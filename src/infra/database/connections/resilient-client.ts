import { Client, type ClientConfig } from 'pg';

/**
 * A connection whose loss never ends the process. `pg` emits `error` when a connection is lost between two statements, and a pool listens
 * only to its idle ones: a connection lost while it is being lent has no listener yet. The next statement or the pool reports the loss.
 */
export class ResilientClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
