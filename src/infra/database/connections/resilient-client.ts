import { Client, type ClientConfig } from 'pg';

/**
 * A connection whose loss never ends the process. `pg` emits `error` when a connection is lost between two statements, and a pool
 * listens only to its idle ones: one that is lost in the moment of being lent has nobody who listens yet. The loss is told by the
 * next statement, or by the pool.
 */
export class ResilientClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
