import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Executions and attempts, wherever their rows are kept. Whoever only wants to look reads these views, so that the tables
 * behind them can be arranged for writing. `security_invoker` keeps row-level security that of the reader; without it the
 * policies of the views' owner would apply.
 */
const CREATE_VIEWS = `
CREATE VIEW executions_all WITH (security_invoker = true) AS SELECT * FROM executions;
CREATE VIEW execution_attempts_all WITH (security_invoker = true) AS SELECT * FROM execution_attempts;
GRANT SELECT ON executions_all, execution_attempts_all TO prompt_ledger_app;
`;

const DROP_VIEWS = `DROP VIEW execution_attempts_all, executions_all;`;

/** One place to read executions and attempts from. */
export class ViewExecutions1795982400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_VIEWS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DROP_VIEWS);
  }
}
