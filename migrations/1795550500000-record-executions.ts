import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Executions that a client made itself and reports afterwards. What they were made with need not be allowed here: such a
 * model has a row, for its id, that is not on the list. The defaults are for processes of the version before, which
 * insert without these columns while a fleet is being replaced.
 */
const UP = `
ALTER TABLE executions
  ADD COLUMN origin text NOT NULL DEFAULT 'ledger' CONSTRAINT executions_origin_check CHECK (origin IN ('ledger', 'recorded')),
  ALTER COLUMN timeout_ms DROP NOT NULL,
  ADD CONSTRAINT executions_timeout_ms_check CHECK (timeout_ms IS NOT NULL OR origin = 'recorded');
ALTER TABLE models ADD COLUMN allowed boolean NOT NULL DEFAULT true;
`;

/**
 * Nothing that was recorded is lost. The version before has no word for a time that nobody set, so it gets the time that
 * was taken; nor for a model that is not allowed, which stays, as executions name it.
 */
const DOWN = `
SELECT set_config('app.system', 'on', true);
ALTER TABLE models DROP COLUMN allowed;
UPDATE executions SET timeout_ms = coalesce(latency_ms, 0) WHERE timeout_ms IS NULL;
ALTER TABLE executions ALTER COLUMN timeout_ms SET NOT NULL, DROP COLUMN origin;
`;

export class RecordExecutions1795550500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
