export { BatchNotFoundError } from './batches/errors.js';
export type { ClaimedExecution } from './claim.js';
export { ExecutionNotFoundError } from './errors.js';
export { ATTEMPT_MOVES, EXECUTION_MOVES } from './execution-state.js';
export { ExecutionRunner } from './execution-runner.js';
export { ExecutionWaits } from './execution-waits.js';
export { ExecutionsHttpModule, ExecutionsModule } from './executions.module.js';
export { ExecutionsRepository } from './executions.repository.js';
export { ExecutionsService } from './executions.service.js';
