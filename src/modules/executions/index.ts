export { BatchNotFoundError } from './batches/errors.js';
export type { ClaimedExecution } from './claim.js';
export { ExecutionNotFoundError } from './errors.js';
export { ExecuteDto, ParamsDto, SharedExecutionDto, SubmitDto } from './execute.dto.js';
export type { ExecutionDoor } from './execution-door.js';
export { ATTEMPT_MOVES, EXECUTION_MOVES } from './execution-state.js';
export type { AdmittedPrompt, AdmittedRequest, BareCall } from './execution-request.js';
export { ExecutionRunner } from './execution-runner.js';
export { ExecutionWaits } from './execution-waits.js';
export {
  type ExecutionResultDto,
  type StreamedExecutionDto,
  type SubmittedDto,
  TelemetryDto,
} from './executions.dto.js';
export { ExecutionsHttpModule, ExecutionsModule } from './executions.module.js';
export { ExecutionsRepository } from './record/index.js';
export { ResponseCache } from './cache/index.js';
export { ExecutionsService } from './executions.service.js';
export { type ModelChoice, readModelChoice } from './model-choice.js';
export { IDEMPOTENCY_HEADER, IdempotencyKey, type UsedKey, usedKeyOf } from './idempotency/index.js';
export type { AnswerEvent, AnsweringModel } from './answer-sink.js';
export { type RunRequest, RunService } from './run.service.js';
export { serverSentEvent, type StreamFormat, type StreamOptions, StreamService } from './streaming/index.js';
export { SubmitService } from './submit.service.js';
