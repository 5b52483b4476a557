/** The shapes of the HTTP API, in its names: `openapi.json` has them too. */
export type * from './analytics.js';
export type * from './audit.js';
export type * from './budgets.js';
export type * from './changes.js';
export type * from './environments.js';
export type * from './executions.js';
export type * from './keys.js';
export type * from './models.js';
export type * from './prices.js';
export type * from './problem.js';
export type * from './prompts.js';
export type * from './recording.js';
export type * from './routes.js';
export type * from './streaming.js';
export type * from './tracking.js';
