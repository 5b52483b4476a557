export { AuditModule } from './audit.module.js';
export { type Actor, AuditService } from './audit.service.js';
