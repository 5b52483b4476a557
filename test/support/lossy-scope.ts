import { type ProjectIds, type Statement, TenantScope } from '../../src/infra/database/index.js';

/** The server does what it is told, and the connection is lost before its answer. */
export class LossyScope extends TenantScope {
  private readonly losses: string[] = [];
  readonly sent: string[] = [];

  /** The next statement of that name. */
  loseAnswerOf(name: string): void {
    this.losses.push(name);
  }

  override async statement<Row extends Record<string, unknown>>(
    projects: ProjectIds,
    statement: Statement,
  ): Promise<Row[]> {
    const name = statement.name ?? '';
    this.sent.push(name);
    const rows = await super.statement<Row>(projects, statement);
    const loss = this.losses.indexOf(name);
    if (loss < 0) return rows;
    this.losses.splice(loss, 1);
    throw Object.assign(new Error('Connection terminated unexpectedly'));
  }
}
