import { UseFilters } from '@nestjs/common';
import { RateLimitFilter } from './rate-limit.filter.js';

/**
 * For a route whose service asks {@link RateLimits}: its problems carry the `RateLimit-*` headers as its answers do. An
 * interceptor would cover both, and costs a chain of observables on every request.
 */
export const RateLimited = () => UseFilters(RateLimitFilter);
