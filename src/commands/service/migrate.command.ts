import type { Environment } from '../../infra/config/index.js';
import { findOwnerUrl, migrate, revertLatestMigration } from '../../infra/database/index.js';

export async function migrateCommand(env: Environment, revert: boolean): Promise<void> {
  const ownerUrl = await findOwnerUrl(env);
  if (revert) {
    await revertLatestMigration(ownerUrl);
    process.stdout.write('The latest migration was taken back.\n');
    return;
  }
  const done = await migrate(ownerUrl);
  process.stdout.write(
    done.length === 0 ? 'The database is up to date.\n' : `Migrated: ${done.join(', ')}.\n`,
  );
}
