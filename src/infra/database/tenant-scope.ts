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
   * Plans the statement once per connection instead of for the values of each call. Meant for named statements that take longer to plan
   * than to run, such as those over all partitions. The plan must be good whatever the tables hold, because it may be made while they are
   * empty. Without a name, each call plans again.
   */
  readonly isPlannedOnce?: boolean;
  /** The time limit for an answer. A connection that stays silent for longer is closed. Defaults to the pool's limit. */
  readonly timeoutMs?: number;
}

/**
 * Settings of a transaction whose statement is planned once. The planner prefers to scan an empty table, and the plan would keep scanning
 * it once it is full. The functions of the hot path have the same settings.
 */
const PLANNED_ONCE = Object.entries({
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
}).map(([setting, value]) => `set_config('${setting}', '${value}', true)`);

/** Returns the statement that opens the transaction of one statement. */
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

  /** Runs `work` in one transaction that sees the rows of these projects. Commits when it resolves and rolls back otherwise. */
  async transaction<T>(projects: ProjectIds, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.inTransaction(`SELECT set_config('app.project_ids', $1, true)`, uuidArray(projects), work);
  }

  /**
   * Like {@link transaction}, but also sees and changes the projects and users of the whole instance. It serves the instance's admin and
   * finding a user who is not a member yet; the caller has checked that the request is allowed to.
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
      // Not awaited here: it travels with the first statement of the work, which fails too if this fails.
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

  /** Runs one statement in its own transaction in a single round trip: begin, scope, statement, commit. */
  async statement<Row extends QueryResultRow>(projects: ProjectIds, statement: Statement): Promise<Row[]> {
    const open = openStatement(projects, statement);
    return withPooledClient(this.pool, (client) => oneTrip<Row>(client, open, statement));
  }

  /** Calls one of the owner's narrow functions, which read across projects. Tables show no rows here. */
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
      // After a failed statement, COMMIT rolls back without raising an error.
      client.query('COMMIT'),
    ]),
  );
  const failed = trip.find((part) => part.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return (trip[1] as PromiseFulfilledResult<QueryResult<Row>>).value.rows;
}

/** Corks the socket until everything is written: a system call per message took a third of a run's CPU. */
function inOneWrite<T>(client: PoolClient, send: () => T): T {
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection;
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}

/** Makes a uuid[] literal. Checks the ids, because one caller writes the literal into the text of a statement. */
function uuidArray(projects: ProjectIds): string {
  const ids = typeof projects === 'string' ? [projects] : projects;
  for (const id of ids) if (!UUID.test(id)) throw new TypeError('a project id must be a lower-case UUID');
  return `{${ids.join(',')}}`;
}
