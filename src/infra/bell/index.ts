export { Bell, type BellCounts, type BellHint, type BellState, type OnRing } from './bell.js';
export { BellModule, type BellModuleAsyncOptions, type BellModuleOptions } from './bell.module.js';
export { BullBell } from './bull-bell.js';
export { EXECUTIONS_QUEUE, HINTS_AT_ONCE } from './executions-queue.js';
export { PostgresBell, type BellQuery } from './postgres-bell.js';
