import { Client, type ClientConfig } from 'pg';

/**
 * A connection whose loss never ends the process. `pg` emits `error` when a connection is lost between two statements, and a pool
 * listens only to its idle ones: a connection that is lost in the moment of being lent has no listener yet. The next statement reports
 * the loss, or the pool does.
 */
export class ResilientClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
