import { type DynamicModule, Module } from '@nestjs/common';
import type { AppConfig } from './infra/config/index.js';
import { CoreModule } from './infra/core.module.js';
import type { SupervisorLink } from './infra/supervision/index.js';
import { AnalyticsHttpModule } from './modules/analytics/index.js';
import { AuditLogModule } from './modules/audit-log/index.js';
import { AuthModule } from './modules/auth/index.js';
import { BudgetsHttpModule } from './modules/budgets/index.js';
import { ChangesModule } from './modules/changes/index.js';
import { ConsumerModule } from './modules/consumer/index.js';
import { DatasetsHttpModule } from './modules/datasets/index.js';
import { EnvironmentsHttpModule } from './modules/environments/index.js';
import { ExecutionsHttpModule } from './modules/executions/index.js';
import { ExperimentsHttpModule, ExperimentsRunnerModule } from './modules/experiments/index.js';
import { HealthModule } from './modules/health/index.js';
import { MembersModule } from './modules/members/index.js';
import { ModelsHttpModule } from './modules/models/index.js';
import { OpenAiApiHttpModule } from './modules/openai-api/index.js';
import { PromptsHttpModule } from './modules/prompts/index.js';
import { OutcomesHttpModule } from './modules/outcomes/index.js';
import { ProvidersModule } from './modules/providers/index.js';
import { RolloutsDeciderModule, RolloutsHttpModule } from './modules/rollouts/index.js';
import { SecretsHttpModule } from './modules/secrets/index.js';
import { SignInModule } from './modules/sign-in/index.js';
import { ScorersHttpModule } from './modules/scorers/index.js';
import { SnippetsHttpModule } from './modules/snippets/index.js';
import { SuggestionsModule } from './modules/suggestions/index.js';
import { TenantsModule } from './modules/tenants/index.js';
import { TrackingHttpModule } from './modules/tracking/index.js';
import { WebhooksModule } from './modules/webhooks/index.js';
import { providerOptions } from './provider-options.js';

/** The API process: all rooms with their HTTP halves, and the consumer unless `WORKER=off`. */
@Module({})
export class ApiModule {
  /** @param link null in a process that no supervisor started. */
  static forRoot(config: AppConfig, link: SupervisorLink | null = null): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        CoreModule.forRoot(config, link),
        ProvidersModule.register(providerOptions(config)),
        AuthModule,
        TenantsModule,
        MembersModule,
        SignInModule,
        HealthModule,
        PromptsHttpModule,
        SnippetsHttpModule,
        SuggestionsModule,
        EnvironmentsHttpModule,
        ModelsHttpModule,
        BudgetsHttpModule,
        SecretsHttpModule,
        ExecutionsHttpModule,
        ExperimentsHttpModule,
        AnalyticsHttpModule,
        TrackingHttpModule,
        OpenAiApiHttpModule,
        ScorersHttpModule,
        OutcomesHttpModule,
        WebhooksModule,
        ChangesModule,
        RolloutsHttpModule,
        RolloutsDeciderModule,
        DatasetsHttpModule,
        AuditLogModule,
        ...(config.env.WORKER ? [ConsumerModule, ExperimentsRunnerModule] : []),
      ],
    };
  }
}
