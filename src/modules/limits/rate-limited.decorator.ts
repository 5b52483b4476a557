import { UseFilters } from '@nestjs/common';
import { RateLimitFilter } from './rate-limit.filter.js';

/**
 * Adds the `RateLimit-*` headers to the problems of a route whose service asks {@link RateLimits}; its answers have them
 * already. An interceptor would cover both, but costs a chain of observables on every request.
 */
export const RateLimited = () => UseFilters(RateLimitFilter);
