import { type DynamicModule, Module } from '@nestjs/common';
import { BellModule } from './bell/index.js';
import { ClockModule } from './clock.module.js';
import { AppConfig, ConfigModule } from './config/index.js';
import { DatabaseListener, DatabaseModule, TenantScope } from './database/index.js';
import { LoggingModule } from './logging/index.js';
import { MetricsModule } from './metrics/index.js';
import { OutboundModule } from './outbound/index.js';
import { SupervisionModule, type SupervisorLink } from './supervision/index.js';

/** The infrastructure of every process, with or without HTTP. */
@Module({})
export class CoreModule {
  /** @param link null in a process that no supervisor started. */
  static forRoot(config: AppConfig, link: SupervisorLink | null = null): DynamicModule {
    return {
      module: CoreModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot(config),
        ClockModule,
        MetricsModule,
        SupervisionModule.forRoot(link),
        DatabaseModule,
        OutboundModule,
        BellModule.forRootAsync({
          inject: [AppConfig, TenantScope, DatabaseListener],
          useFactory: ({ env, speaksForAll }: AppConfig, scope: TenantScope, listener: DatabaseListener) => ({
            redisUrl: env.REDIS_URL,
            warnsOfEviction: speaksForAll,
            listener,
            query: (text: string, values?: unknown[]) => scope.system(text, values),
          }),
        }),
      ],
    };
  }
}
