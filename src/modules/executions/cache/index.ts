export { CacheExpiry } from './cache-expiry.js';
export { type CacheRequest, ResponseCache } from './response-cache.js';
export { type CachedAnswer, ResponseCacheRepository } from './response-cache.repository.js';
