import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ACROSS_PROJECTS, AS_SYSTEM, grantExecute, HOT } from './create-prompt-ledger/statements.js';

export const SERVICE_FIGURES_FUNCTION = 'ledger_read_figures(integer)';

/**
 * Returns the monitoring figures of all projects together: waiting callbacks, counted up to `most`, and how much of their limits
 * the budgets have used in their present periods. A budget with a limit of nothing is used up.
 */
const READ_FIGURES = `
CREATE FUNCTION ledger_read_figures(most integer)
RETURNS TABLE (webhooks_waiting integer, budgets_below integer, budgets_near integer, budgets_exhausted integer, highest_use double precision)
LANGUAGE plpgsql ${ACROSS_PROJECTS} ${HOT}
AS $$
BEGIN
  ${AS_SYSTEM}
  SELECT count(*)::integer INTO webhooks_waiting FROM
    (SELECT FROM outbox o WHERE o.done_at IS NULL AND o.due_at IS NOT NULL LIMIT most) AS waiting;
  SELECT count(*) FILTER (WHERE b.used < 0.8), count(*) FILTER (WHERE b.used >= 0.8 AND b.used < 1),
    count(*) FILTER (WHERE b.used >= 1), coalesce(max(b.used), 0)
  INTO budgets_below, budgets_near, budgets_exhausted, highest_use
  FROM (SELECT CASE WHEN l.limit_pico_usd = 0 THEN 1
      ELSE coalesce((p.held_pico_usd + p.spent_pico_usd) / l.limit_pico_usd, 0) END AS used
    FROM budgets l LEFT JOIN LATERAL (SELECT p.held_pico_usd, p.spent_pico_usd FROM budget_periods p
      WHERE p.project_id = l.project_id AND p.budget_id = l.budget_id
        AND p.period_start = ledger_budget_period(l.period) OFFSET 0) AS p ON true
    WHERE l.archived_at IS NULL) AS b;
  RETURN NEXT;
END
$$;
${grantExecute([SERVICE_FIGURES_FUNCTION])}
`;

export class ReadServiceFigures1795914000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(READ_FIGURES);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION ${SERVICE_FIGURES_FUNCTION}`);
  }
}
