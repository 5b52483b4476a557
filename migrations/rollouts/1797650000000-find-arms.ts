import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds executions by their rollout and arm. The two have columns of their own, because row-level security keeps Postgres from
 * looking into a document before it knows whose row it is, so it uses no index on a member of one. A trigger fills them, so no way of
 * ending an execution has to know of them, and executions outside rollouts pay for one comparison with NULL.
 */
export class FindArms1797650000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE executions ADD COLUMN rollout_id uuid, ADD COLUMN rollout_arm text;
      CREATE FUNCTION ledger_name_arm() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
      AS $$
      BEGIN
        NEW.rollout_id := (NEW.rollout ->> 'rollout_id')::uuid;
        NEW.rollout_arm := NEW.rollout ->> 'arm';
        RETURN NEW;
      END
      $$;
      CREATE TRIGGER executions_name_arm BEFORE INSERT ON executions FOR EACH ROW WHEN (NEW.rollout IS NOT NULL)
        EXECUTE FUNCTION ledger_name_arm();
      SELECT set_config('app.system', 'on', true);
      UPDATE executions SET rollout_id = (rollout ->> 'rollout_id')::uuid, rollout_arm = rollout ->> 'arm' WHERE rollout IS NOT NULL;
      SELECT set_config('app.system', '', true);
      CREATE INDEX executions_by_rollout ON executions (project_id, rollout_id, rollout_arm, status, execution_id DESC NULLS LAST)
        WHERE rollout_id IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX executions_by_rollout;
      DROP TRIGGER executions_name_arm ON executions;
      DROP FUNCTION ledger_name_arm();
      ALTER TABLE executions DROP COLUMN rollout_id, DROP COLUMN rollout_arm;`);
  }
}
