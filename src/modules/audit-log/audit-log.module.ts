import { Module } from '@nestjs/common';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditLogService } from './audit-log.service.js';

/** Reads what `modules/audit` writes. The two are apart because auth writes audit entries, and reading them needs auth. */
@Module({ controllers: [AuditLogController], providers: [AuditLogRepository, AuditLogService] })
export class AuditLogModule {}
