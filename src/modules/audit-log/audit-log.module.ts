import { Module } from '@nestjs/common';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditLogService } from './audit-log.service.js';

/** Reads what `modules/audit` writes. Apart from it, because auth writes there and this asks auth who may read. */
@Module({ controllers: [AuditLogController], providers: [AuditLogRepository, AuditLogService] })
export class AuditLogModule {}
