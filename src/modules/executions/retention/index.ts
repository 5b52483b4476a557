export { ContentRetention } from './content-retention.js';
export { ContentRetentionRepository } from './content-retention.repository.js';
