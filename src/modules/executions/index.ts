export { ATTEMPT_MOVES, EXECUTION_MOVES } from './execution-state.js';
export { ExecutionRunner } from './execution-runner.js';
export { ExecutionsHttpModule, ExecutionsModule } from './executions.module.js';
export { type ClaimedExecution, ExecutionsRepository } from './executions.repository.js';
export { ExecutionsService } from './executions.service.js';
