import { type DynamicModule, Module } from '@nestjs/common';
import type { AppConfig } from './infra/config/index.js';
import { CoreModule } from './infra/core.module.js';
import { AnalyticsModule } from './modules/analytics/index.js';
import { BudgetsModule } from './modules/budgets/index.js';
import { ConsumerModule } from './modules/consumer/index.js';
import { ExperimentsRunnerModule } from './modules/experiments/index.js';
import { RolloutsDeciderModule } from './modules/rollouts/index.js';
import { ProvidersModule } from './modules/providers/index.js';
import { providerOptions } from './provider-options.js';

/** The worker process: the same consumer as in the API process, and no controllers. */
@Module({})
export class WorkerModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        CoreModule.forRoot(config),
        ProvidersModule.register(providerOptions(config)),
        ConsumerModule,
        ExperimentsRunnerModule,
        RolloutsDeciderModule,
        AnalyticsModule,
        BudgetsModule,
      ],
    };
  }
}
