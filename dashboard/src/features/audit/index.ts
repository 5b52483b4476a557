export { parseAuditSearch } from './audit-search';
