import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type ClientBase, Pool, type QueryConfig, type QueryResultRow } from 'pg';
import { AppConfig } from '../../config/index.js';
import { journalPoolOptions } from '../connections/data-source-options.js';
import { countPool, type PoolCounts } from '../connections/count-pool.js';
import { PoolErrorLog } from '../connections/pool-error-log.js';
import { withPooledClient } from '../connections/with-pooled-client.js';

/** A call of one of the database's functions, which set the projects of their transaction themselves. */
export interface FunctionCall {
  /** The server keeps the statement prepared under this name. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** The time limit for an answer. A connection that stays silent for longer is closed. */
  readonly timeoutMs?: number;
}

/** The number usually busy at once: a batch from each of the five journals, and a claim or a sweep. */
export const JOURNAL_CONNECTIONS = 6;

/**
 * A few connections for the statements of the hot path. Each statement is one message to the server and one transaction: the function that
 * it calls sets `app.project_ids` itself, so there is no BEGIN and no COMMIT to wait for.
 *
 * Postgres plans what is inside a function at the first call on a connection, which takes tens of milliseconds. So each connection calls
 * every function once with empty input before it is used, and all of them are open before the process listens.
 */
@Injectable()
export class JournalConnections implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pool: Pool;
  private readonly rehearsals: FunctionCall[] = [];

  constructor(config: AppConfig, errors: PoolErrorLog) {
    // The pool waits for the promise, though its types do not say so.
    const onConnect: (client: ClientBase) => unknown = (client) => this.rehearseOn(client);
    const options = journalPoolOptions(config.backends.databaseUrl, JOURNAL_CONNECTIONS);
    this.pool = new Pool({ ...options, onConnect });
    this.pool.on('error', (error) => errors.write(error));
  }

  /** Registers calls that each connection makes when it opens: each function once, with empty input. */
  rehearse(...calls: readonly FunctionCall[]): void {
    this.rehearsals.push(...calls);
  }

  async call<Row extends QueryResultRow>(call: FunctionCall): Promise<Row[]> {
    return withPooledClient(this.pool, async (client) => (await client.query<Row>(toQuery(call))).rows);
  }

  countConnections(): PoolCounts {
    return countPool(this.pool);
  }

  private async rehearseOn(client: ClientBase): Promise<void> {
    for (const rehearsal of this.rehearsals) await client.query(toQuery(rehearsal));
  }

  /** Never fails the start: connections that could not be opened now open when they are needed. */
  async onApplicationBootstrap(): Promise<void> {
    const opened = await Promise.allSettled(
      Array.from({ length: JOURNAL_CONNECTIONS }, () => this.pool.connect()),
    );
    for (const client of opened) if (client.status === 'fulfilled') client.value.release();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

function toQuery({ name, text, values, timeoutMs }: FunctionCall): QueryConfig {
  const limit = timeoutMs === undefined ? {} : { query_timeout: timeoutMs };
  return { name, text, values: values as unknown[], ...limit };
}
