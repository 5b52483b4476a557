export { countBatch } from './count-batch.js';
export type {
  Assignment,
  CountRequest,
  MessageToProcess,
  MessageToSupervisor,
  ProviderLine,
} from './messages.js';
export {
  COUNT_ONLY,
  type Count,
  type Counters,
  createMemoryCounters,
  MINUTE_MS,
  toCounters,
} from './minute-counters.js';
export { PendingAnswers } from './pending-answers.js';
export { SUPERVISOR_LINK, SupervisionModule } from './supervision.module.js';
export { type Channel, SupervisorLink } from './supervisor-link.js';
