import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_FIND_KEY_WITH_OWNER } from './add-key-owners/find-key.js';

const REPLACE_FIND_KEY = CREATE_FIND_KEY_WITH_OWNER.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION');

/** `least` passes over nulls, so a key of an archived project counts as revoked since then. */
const REPLACE_FIND_ARCHIVED = REPLACE_FIND_KEY.replace(
  'k.revoked_at, now()',
  'least(k.revoked_at, p.archived_at), now()',
).replace(' AND p.archived_at IS NULL', '');

/**
 * Authentication finds the keys of archived projects, as revoked ones. A key that is not found is remembered as unknown for seconds,
 * so the keys of a project that was brought back were refused for as long on other processes.
 */
export class FindArchivedKeys1797690000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REPLACE_FIND_ARCHIVED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(REPLACE_FIND_KEY);
  }
}
