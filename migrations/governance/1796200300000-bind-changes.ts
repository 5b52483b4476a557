import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The columns of a change that are updated. Those that approvals are bound to are absent, because they never change. */
const CHANGING =
  'status, closed_at, closed_by, closed_by_name, closed_by_key, closed_reason, emergency, review';

/**
 * The change keeps the principal that closed it, so that nobody reviews their own emergency. A reviewer who approved may still reject,
 * so each verdict has a row. The indexes serve the filters of the audit log by id.
 */
export class BindChanges1796200300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE changes ADD COLUMN closed_by text, ADD COLUMN closed_by_key uuid, ADD COLUMN closed_reason text;
      REVOKE UPDATE ON changes FROM prompt_ledger_app;
      GRANT UPDATE (${CHANGING}) ON changes TO prompt_ledger_app;
      ALTER TABLE change_reviews DROP CONSTRAINT change_reviews_pkey;
      ALTER TABLE change_reviews ADD PRIMARY KEY (project_id, change_id, reviewer, verdict);
      CREATE INDEX audit_log_by_subject_id ON audit_log (project_id, subject_id, audit_id) WHERE subject_id IS NOT NULL;
      CREATE INDEX audit_log_by_user ON audit_log (project_id, user_id, audit_id) WHERE user_id IS NOT NULL;
      CREATE INDEX audit_log_by_key ON audit_log (project_id, key_id, audit_id) WHERE key_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT set_config('app.system', 'on', true)`);
    await runner.query(`
      DROP INDEX audit_log_by_key;
      DROP INDEX audit_log_by_user;
      DROP INDEX audit_log_by_subject_id;
      DELETE FROM change_reviews r USING change_reviews a
        WHERE a.project_id = r.project_id AND a.change_id = r.change_id AND a.reviewer = r.reviewer
          AND r.verdict = 'rejected' AND a.verdict = 'approved';
      ALTER TABLE change_reviews DROP CONSTRAINT change_reviews_pkey;
      ALTER TABLE change_reviews ADD PRIMARY KEY (project_id, change_id, reviewer);
      REVOKE UPDATE ON changes FROM prompt_ledger_app;
      GRANT UPDATE ON changes TO prompt_ledger_app;
      ALTER TABLE changes DROP COLUMN closed_reason, DROP COLUMN closed_by_key, DROP COLUMN closed_by;
    `);
  }
}
