export { LimitsModule } from './limits.module.js';
export { RateLimited } from './rate-limited.decorator.js';
export type { Spender } from './rate-limit.js';
export { RateLimits } from './rate-limits.js';
