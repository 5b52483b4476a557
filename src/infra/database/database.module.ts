import { Global, Logger, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClockModule } from '../clock.module.js';
import { AppConfig } from '../config/index.js';
import { ConnectionBudget } from './connection-budget.js';
import { DatabaseClock } from './database-clock.js';
import { applicationDataSourceOptions } from './connections/data-source-options.js';
import { DatabaseListener } from './connections/database-listener.js';
import { JournalConnections } from './journal/journal-connections.js';
import { PartitionsService } from './partitions.service.js';
import { PoolErrorLog, PoolErrorLogModule } from './connections/pool-error-log.js';
import { TenantScope } from './tenant-scope.js';

/** The application's connections. Repositories take {@link TenantScope}, never the DataSource. */
@Global()
@Module({
  imports: [
    ClockModule,
    PoolErrorLogModule,
    TypeOrmModule.forRootAsync({
      imports: [PoolErrorLogModule],
      inject: [AppConfig, PoolErrorLog],
      useFactory: (config: AppConfig, errors: PoolErrorLog) => ({
        ...applicationDataSourceOptions({
          url: config.backends.databaseUrl,
          poolSize: config.env.DATABASE_POOL_SIZE,
          onPoolError: (error) => errors.write(error),
        }),
        // Startup has already made sure that the database answers.
        retryAttempts: 0,
      }),
    }),
  ],
  providers: [
    TenantScope,
    JournalConnections,
    DatabaseClock,
    PartitionsService,
    ConnectionBudget,
    {
      provide: DatabaseListener,
      inject: [AppConfig],
      useFactory: ({ directDatabaseUrl }: AppConfig) =>
        new DatabaseListener({ databaseUrl: directDatabaseUrl, logger: new Logger('Database') }),
    },
  ],
  exports: [TenantScope, JournalConnections, DatabaseClock, PartitionsService, DatabaseListener],
})
export class DatabaseModule {}
