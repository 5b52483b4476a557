import type { MigrationInterface, QueryRunner } from 'typeorm';
import { alterFunction, type Replacement, takenBack } from '../ledger/validate-answers/alter-function.js';

const FIND_KEY = 'ledger_find_key(uuid)';

/** `least` ignores nulls, so a key of an archived project counts as revoked since the project was archived. */
const REPLACEMENTS: readonly Replacement[] = [
  ['k.revoked_at, now(),', 'least(k.revoked_at, p.archived_at), now(),'],
  ['WHERE k.key_id = wanted AND p.archived_at IS NULL', 'WHERE k.key_id = wanted'],
];

/**
 * Authentication finds the keys of archived projects, as revoked keys. A key that is not found is cached as unknown for seconds, so other
 * processes kept refusing the keys of a project after it was unarchived.
 */
export class FindArchivedKeys1797690000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await alterFunction(runner, FIND_KEY, REPLACEMENTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await alterFunction(runner, FIND_KEY, takenBack(REPLACEMENTS));
  }
}
