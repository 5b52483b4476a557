import { Client } from 'pg';
import {
  type FunctionCall,
  type JournalConnections,
  openStatement,
  type ProjectIds,
  type Statement,
  type TenantScope,
} from '../../../src/infra/database/index.js';

/** The reads and writes of one statement in the ledger's tables and their indexes. */
export interface Measure {
  readonly name: string;
  /** Page accesses; a page counts each time that it is accessed. */
  readonly pages: number;
  /** Rows that sequential scans read. */
  readonly scannedRows: number;
}

const SUM = `SELECT coalesce(sum(pg_stat_get_xact_blocks_fetched(oid)), 0)::int AS pages,
    coalesce(sum(pg_stat_get_xact_tuples_returned(oid)) FILTER (WHERE relkind = 'r'), 0)::int AS "scannedRows"
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')`;

/**
 * One connection of the application that measures each of its statements, including those inside functions, which
 * EXPLAIN does not show. It replaces the pools, so that tests decide when a statement is planned.
 */
export class MeasuredConnection {
  readonly measures: Measure[] = [];
  private readonly rehearsals: FunctionCall[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(readonly client: Client) {}

  static async open(url: string): Promise<MeasuredConnection> {
    const client = new Client({ connectionString: url, options: '-c role=prompt_ledger_app' });
    await client.connect();
    return new MeasuredConnection(client);
  }

  asConnections(): JournalConnections {
    return this as unknown as JournalConnections;
  }

  asScope(): TenantScope {
    return this as unknown as TenantScope;
  }

  rehearse(...calls: readonly FunctionCall[]): void {
    this.rehearsals.push(...calls);
  }

  /** Rehearses as a new connection does: plans every statement for the current data. */
  async rehearseAll(): Promise<void> {
    for (const { name, text, values } of this.rehearsals) {
      await this.client.query({ name, text, values: values as unknown[] });
    }
  }

  call<Row extends Record<string, unknown>>({ name, text, values }: FunctionCall): Promise<Row[]> {
    return this.measure<Row>([], { name, text, values });
  }

  statement<Row extends Record<string, unknown>>(projects: ProjectIds, statement: Statement): Promise<Row[]> {
    return this.measure<Row>(projects, statement);
  }

  system<Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.measure<Row>([], { text, values });
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /** Runs one statement at a time, because there is one connection. */
  private measure<Row extends Record<string, unknown>>(
    projects: ProjectIds,
    statement: Statement,
  ): Promise<Row[]> {
    const result = this.turn.then(() => this.run<Row>(projects, statement));
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async run<Row extends Record<string, unknown>>(
    projects: ProjectIds,
    statement: Statement,
  ): Promise<Row[]> {
    const { name, text, values } = statement;
    await this.client.query(openStatement(projects, statement));
    try {
      // Only the difference counts, because the counters include what has not been reported to the server yet.
      const before = await this.counters();
      const { rows } = await this.client.query<Row>({
        ...(name === undefined ? {} : { name }),
        text,
        values: [...values],
      });
      const after = await this.counters();
      this.measures.push({
        name: name ?? text,
        pages: after.pages - before.pages,
        scannedRows: after.scannedRows - before.scannedRows,
      });
      await this.client.query('COMMIT');
      return rows;
    } catch (error) {
      await this.client.query('ROLLBACK');
      throw error;
    }
  }

  private async counters(): Promise<Omit<Measure, 'name'>> {
    const { rows } = await this.client.query<Omit<Measure, 'name'>>(SUM);
    return rows[0] as Omit<Measure, 'name'>;
  }
}
