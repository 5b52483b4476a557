import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { BudgetsController } from './budgets.controller.js';
import { BudgetsRepository } from './budgets.repository.js';
import { BudgetsService } from './budgets.service.js';

/** For API processes: holds and settlements happen in the database, so a worker needs none of it. */
@Module({
  imports: [AuditModule],
  providers: [BudgetsRepository, BudgetsService],
  controllers: [BudgetsController],
})
export class BudgetsModule {}
