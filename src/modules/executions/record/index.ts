export { BEGIN, type Beginning, beginEntry, beginValues, type BegunRow, findBegun } from './begin.js';
export type { Begun } from './beginnings.js';
export {
  type BegunExecution,
  BEGUN_FREELY,
  begunOf,
  BUDGET_WARNING_HEADER,
  refusalOf,
  type VerdictRow,
  warningHeaders,
} from './budget-verdict.js';
export { ANY_TIME, type QueuePlace, type QueueSlice, type SliceCount } from './count-queued.js';
export type { Dispatched } from './call.js';
export { costOf, type Next, verdictOf } from './end.js';
export { ExecutionsRepository } from './executions.repository.js';
