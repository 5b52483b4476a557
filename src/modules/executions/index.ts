export { BatchNotFoundError } from './batches/errors.js';
export type { ClaimedExecution } from './record/claimed-execution.js';
export { ContentErasedError, isContentErased, lockOutErasure } from './erasure/index.js';
export { ExecutionNotFoundError } from './errors.js';
export {
  type ContentFilter,
  type ExecutionContent,
  ExecutionContentsRepository,
} from './reads/execution-contents.repository.js';
export { IsMetadata } from './wire/execution-metadata.js';
export type { ExecutionProtocol } from './runs/execution-protocol.js';
export { ATTEMPT_MOVES, EXECUTION_MOVES } from './facts/execution-state.js';
export type { AdmittedPrompt, AdmittedRequest, BareCall } from './admission/execution-request.js';
export { type ExecutionRecord, ExecutionReadsRepository } from './reads/execution-reads.repository.js';
export { ExecuteDto, SharedExecutionDto, SubmitDto } from './wire/execute.dto.js';
export { ModelRefDto, ParamsDto } from './wire/model-choice.dto.js';
export {
  type ExecutionPreview,
  ExecutionPreviews,
  type PreviewedEntry,
} from './admission/execution-preview.js';
export { ExecutionRunner } from './calls/execution-runner.js';
export { ExecutionWaits } from './reads/execution-waits.js';
export {
  ExecutionArmDto,
  type ExecutionResultDto,
  type StreamedExecutionDto,
  type SubmittedDto,
  TelemetryDto,
} from './wire/executions.dto.js';
export { ExecutionsHttpModule, ExecutionsModule } from './executions.module.js';
export { ExecutionsRepository } from './record/index.js';
export { ResponseCache } from './cache/index.js';
export { ExecutionsService } from './executions.service.js';
export { findMaskedValues, MASKED, ValueMask } from './masking/index.js';
export { type ModelChoice, readModelChoice } from './admission/model-choice.js';
export {
  IDEMPOTENCY_HEADER,
  IdempotencyKey,
  IdempotencyService,
  KEY_TAKEN,
  type UsedKey,
  readUsedKey,
} from './idempotency/index.js';
export type { AnswerEvent, AnsweringModel } from './runs/answer-sink.js';
export { RunRights } from './intake/run-rights.js';
export { type RunRequest, RunService } from './intake/run.service.js';
export { serverSentEvent, type StreamFormat, type StreamOptions, StreamService } from './streaming/index.js';
export { SubmitService } from './intake/submit.service.js';
