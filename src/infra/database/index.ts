export { DUTIES } from '../../../migrations/ledger/create-prompt-ledger/duties.js';
export { countConnections } from './connection-budget.js';
export {
  APPLICATION_ROLE,
  applicationDataSourceOptions,
  findOwnerUrl,
  ownerDataSourceOptions,
} from './connections/data-source-options.js';
export { DatabaseClock } from './database-clock.js';
export { isDatabaseOutage } from './connections/database-outage.js';
export { DatabaseListener, type OnNotification } from './connections/database-listener.js';
export { DatabaseModule } from './database.module.js';
export { type FunctionCall, JournalConnections } from './journal/journal-connections.js';
export { Journal, type JournalOptions } from './journal/journal.js';
export { findPendingMigrations, migrate, revertLatestMigration } from './migrations/migrate.js';
export { ResilientClient } from './connections/resilient-client.js';
export { PartitionsService } from './partitions.service.js';
export { openStatement, type ProjectIds, type Statement, TenantScope } from './tenant-scope.js';
export { Expiry } from './expiry.js';
export type { BeginEntry, CallEntry, EndEntry, RecordEntry } from './journal/function-entries.js';
