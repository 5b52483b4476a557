export { parseAnalyticsSearch } from './analytics-search';
