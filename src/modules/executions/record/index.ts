export { BEGIN, type Beginning, beginEntry, beginValues, type BegunRow, findBegun } from './begin.js';
export type { Begun } from './beginnings.js';
export {
  type BegunExecution,
  BEGUN_FREELY,
  toBegun,
  BUDGET_WARNING_HEADER,
  toRefusal,
  type VerdictRow,
  warningHeaders,
} from './budget-verdict.js';
export { ANY_TIME, type QueuePlace, type QueueSlice, type SliceCount } from './count-queued.js';
export type { Dispatched } from './call.js';
export { computeCost, type Next, toVerdict } from './end.js';
export { ExecutionsRepository } from './executions.repository.js';
