import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { BudgetsController } from './budgets.controller.js';
import { BudgetsRepository } from './budgets.repository.js';
import { BudgetsService } from './budgets.service.js';
import { HoldExpiry } from './hold-expiry.js';

/** The part of budgets that every process needs. Holds and settlements happen in the database, and expired holds end here. */
@Module({
  imports: [AuditModule],
  providers: [BudgetsRepository, BudgetsService, HoldExpiry],
  exports: [BudgetsService, HoldExpiry],
})
export class BudgetsModule {}

/** Adds the controller. */
@Module({ imports: [BudgetsModule], controllers: [BudgetsController] })
export class BudgetsHttpModule {}
