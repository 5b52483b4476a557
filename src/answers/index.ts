export { findUsage, isUsageKnown, parseUsage, type UsageCounts } from './parse-usage.js';
export { type ContentPiece, contentText, readContent, type ReadContent } from './read-content.js';
export { tokenCount } from './token-count.js';
