export * from './clock.js';
export { type JsonText, pointerSegment, readJsonText } from './json-text.js';
export * from './ledger-error.js';
export { messageOf } from './message-of.js';
export { UUID } from './ids.js';
export { MAX_INT } from './limits.js';
export { Outage, type OutageLogger } from './outage.js';
export { withTimeLimit } from './time-limit.js';
export { heavyWork, TurnBudget } from './turn-budget.js';
