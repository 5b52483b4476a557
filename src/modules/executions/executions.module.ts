import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { BudgetsModule } from '../budgets/index.js';
import { LimitsModule } from '../limits/index.js';
import { ModelsModule } from '../models/index.js';
import { ProjectsModule } from '../projects/index.js';
import { PromptsModule } from '../prompts/index.js';
import { SecretsModule } from '../secrets/index.js';
import { AttemptCosts } from './calls/attempt-costs.js';
import { BatchEntries } from './batches/batch-entries.js';
import { BatchesController } from './batches/batches.controller.js';
import { BatchesRepository } from './batches/batches.repository.js';
import { BatchesService } from './batches/batches.service.js';
import { CacheExpiry, ResponseCache, ResponseCacheRepository } from './cache/index.js';
import {
  ContentErasureController,
  ContentErasureRepository,
  ContentErasureService,
} from './erasure/index.js';
import { ClaimEndings } from './calls/claim-endings.js';
import { ExecutionAdmission } from './admission/execution-admission.js';
import { ExecutionContentsRepository } from './reads/execution-contents.repository.js';
import { ExecutionLeases } from './calls/execution-leases.js';
import { ExecutionModels } from './admission/execution-models.js';
import { ExecutionRenderer } from './admission/execution-renderer.js';
import { ExecutionPreviews } from './admission/execution-preview.js';
import { ExecutionReadsRepository } from './reads/execution-reads.repository.js';
import { ExecutionRunner } from './calls/execution-runner.js';
import { ExecutionSweeper } from './calls/execution-sweeper.js';
import { ExecutionWaits } from './reads/execution-waits.js';
import { ExecutionsController } from './executions.controller.js';
import { ExecutionsRepository } from './record/index.js';
import { ExecutionsService } from './executions.service.js';
import { IdempotencyExpiry, IdempotencyRepository, IdempotencyService } from './idempotency/index.js';
import { Intake } from './intake/intake.js';
import { OutputChecker } from './calls/output-checker.js';
import { PromptAdmission } from './admission/prompt-admission.js';
import { ProviderCaller } from './calls/provider-caller.js';
import { QueueGate } from './queue/queue-gate.js';
import { RecordedRows } from './recording/recorded-rows.js';
import { RecordingController } from './recording/recording.controller.js';
import { RecordingRepository } from './recording/recording.repository.js';
import { RecordingService } from './recording/recording.service.js';
import { ContentRetention, ContentRetentionRepository } from './retention/index.js';
import { RequestLimits } from './admission/request-limits.js';
import { RunService } from './intake/run.service.js';
import { StreamService } from './streaming/index.js';
import { SyncCalls } from './calls/sync-calls.js';
import { SyncExecutions } from './intake/sync-executions.js';
import { RunRights } from './intake/run-rights.js';
import { SubmitService } from './intake/submit.service.js';

/** Provides executions to other modules. A worker loads this without the controllers. */
@Module({
  imports: [
    AuditModule,
    BudgetsModule,
    LimitsModule,
    ModelsModule,
    ProjectsModule,
    PromptsModule,
    SecretsModule,
  ],
  providers: [
    AttemptCosts,
    BatchEntries,
    BatchesRepository,
    BatchesService,
    CacheExpiry,
    ClaimEndings,
    ContentErasureRepository,
    ContentErasureService,
    ContentRetention,
    ContentRetentionRepository,
    ExecutionAdmission,
    ExecutionContentsRepository,
    ExecutionLeases,
    ExecutionModels,
    ExecutionPreviews,
    ExecutionReadsRepository,
    ExecutionRenderer,
    ExecutionRunner,
    ExecutionSweeper,
    ExecutionWaits,
    ExecutionsRepository,
    ExecutionsService,
    IdempotencyExpiry,
    IdempotencyRepository,
    IdempotencyService,
    Intake,
    OutputChecker,
    PromptAdmission,
    ProviderCaller,
    QueueGate,
    RecordedRows,
    RecordingRepository,
    RecordingService,
    RequestLimits,
    ResponseCache,
    ResponseCacheRepository,
    RunRights,
    RunService,
    StreamService,
    SubmitService,
    SyncCalls,
    SyncExecutions,
  ],
  exports: [
    ExecutionReadsRepository,
    IdempotencyService,
    BatchesService,
    ContentErasureService,
    ExecutionContentsRepository,
    ExecutionPreviews,
    ExecutionRunner,
    ExecutionWaits,
    ExecutionsRepository,
    ExecutionsService,
    RecordingService,
    RunRights,
    RunService,
    StreamService,
    SubmitService,
  ],
})
export class ExecutionsModule {}

/** Adds the controllers. */
@Module({
  imports: [ExecutionsModule, LimitsModule],
  controllers: [ExecutionsController, BatchesController, ContentErasureController, RecordingController],
})
export class ExecutionsHttpModule {}
