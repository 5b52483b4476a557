export { AuditModule } from './audit.module.js';
export { type Actor, type AuditChange, AuditService } from './audit.service.js';
