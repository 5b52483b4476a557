import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { BudgetsController } from './budgets.controller.js';
import { BudgetsRepository } from './budgets.repository.js';
import { BudgetsService } from './budgets.service.js';
import { HoldExpiry } from './hold-expiry.js';

/** The part of budgets that every process needs: holds and settlements happen in the database, and forgotten ones end here. */
@Module({
  imports: [AuditModule],
  providers: [BudgetsRepository, BudgetsService, HoldExpiry],
  exports: [BudgetsService, HoldExpiry],
})
export class BudgetsModule {}

/** The HTTP half. */
@Module({ imports: [BudgetsModule], controllers: [BudgetsController] })
export class BudgetsHttpModule {}
