import type { Duplex } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Pool, PoolClient, QueryResult, QueryResultRow } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { UUID } from '../../kernel/index.js';
import { countPool, type PoolCounts } from './connections/count-pool.js';
import { withPooledClient } from './connections/with-pooled-client.js';

export type ProjectIds = string | readonly string[];

/** A statement for {@link TenantScope.statement}. With a `name` the server keeps it prepared on the connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /**
   * Plans the statement once per connection instead of for the values of each call. It is for named statements that take longer to plan
   * than to run, such as those over all partitions. The plan has to be right whatever the tables hold, because it may be made while they
   * are empty. Without a name the plan is made for each call.
   */
  readonly isPlannedOnce?: boolean;
  /** The time that an answer may take; a connection that is silent for longer is given up. Left out: the pool's limit. */
  readonly timeoutMs?: number;
}

/**
 * Settings of a transaction whose statement is planned once. The planner likes to scan an empty table, and would go on scanning it when it
 * is full. The functions of the hot path have the same settings.
 */
const PLANNED_ONCE = Object.entries({
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
}).map(([setting, value]) => `set_config('${setting}', '${value}', true)`);

/** Opens the transaction of one statement. */
export function openStatement(projects: ProjectIds, { isPlannedOnce = false }: Statement): string {
  const scoped = `set_config('app.project_ids', '${uuidArray(projects)}', true)`;
  return `BEGIN; SELECT ${[scoped, ...(isPlannedOnce ? PLANNED_ONCE : [])].join(', ')}`;
}

/**
 * The only opener of transactions. Row-level security shows the application's role nothing until `app.project_ids` is
 * set, and it is set for one transaction at a time: a setting of the session would leak to the next borrower of the
 * connection.
 */
@Injectable()
export class TenantScope {
  constructor(private readonly dataSource: DataSource) {}

  /** Runs `work` in one transaction that sees the rows of these projects; commits when it resolves, else rolls back. */
  async transaction<T>(projects: ProjectIds, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.inTransaction(`SELECT set_config('app.project_ids', $1, true)`, uuidArray(projects), work);
  }

  /**
   * The same, and it also sees and changes the projects and users of the whole instance. For what the instance's admin does and for
   * finding a user who is not a member yet; the caller of this method has checked that the request may.
   */
  async instance<T>(projects: ProjectIds, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    const open = `SELECT set_config('app.project_ids', $1, true), set_config('app.instance', 'on', true)`;
    return this.inTransaction(open, uuidArray(projects), work);
  }

  private async inTransaction<T>(
    open: string,
    projects: string,
    work: (tx: EntityManager) => Promise<T>,
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      // Not awaited here: it travels with the first statement of the work, and a failure fails that one too.
      const scoped = runner.query(open, [projects]);
      const [result] = await Promise.all([work(runner.manager), scoped]);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      // Only the first error matters; a broken connection cannot roll back and need not.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** One statement in a transaction of its own, in a single trip to the server: begin, scope, statement, commit. */
  async statement<Row extends QueryResultRow>(projects: ProjectIds, statement: Statement): Promise<Row[]> {
    const open = openStatement(projects, statement);
    return withPooledClient(this.pool, (client) => oneTrip<Row>(client, open, statement));
  }

  /** Calls one of the owner's narrow functions, which look across projects. Tables show nothing here. */
  async system<Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(text, [...values])).rows;
  }

  countConnections(): PoolCounts {
    return countPool(this.pool);
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

async function oneTrip<Row extends QueryResultRow>(
  client: PoolClient,
  open: string,
  statement: Statement,
): Promise<Row[]> {
  const { timeoutMs, values, isPlannedOnce: _, ...prepared } = statement;
  const limit = timeoutMs === undefined ? {} : { query_timeout: timeoutMs };
  const trip = await Promise.allSettled(
    inOneWrite(client, () => [
      client.query(open),
      client.query<Row>({ ...prepared, ...limit, values: [...values] }),
      // After a failed statement this rolls back, and says so without an error.
      client.query('COMMIT'),
    ]),
  );
  const failed = trip.find((part) => part.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return (trip[1] as PromiseFulfilledResult<QueryResult<Row>>).value.rows;
}

/** Holds the socket back until all is written: a write to the system for each message cost a third of a run's CPU. */
function inOneWrite<T>(client: PoolClient, send: () => T): T {
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection;
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}

/** A uuid[] literal. The ids are checked, since one of the callers writes it into the text of a statement. */
function uuidArray(projects: ProjectIds): string {
  const ids = typeof projects === 'string' ? [projects] : projects;
  for (const id of ids) if (!UUID.test(id)) throw new TypeError('a project id must be a lower-case UUID');
  return `{${ids.join(',')}}`;
}
