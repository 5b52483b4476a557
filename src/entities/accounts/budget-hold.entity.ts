import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { BudgetPeriodEntity } from './budget-period.entity.js';

/** The possible cost of one attempt, held in one budget. The row is deleted once the real cost is known. */
@Entity('budget_holds')
@ForeignKey(
  () => BudgetPeriodEntity,
  ['projectId', 'budgetId', 'periodStart'],
  ['projectId', 'budgetId', 'periodStart'],
  { name: 'budget_holds_project_id_budget_id_period_start_fkey' },
)
@Index('budget_holds_expiry', ['expiresAt'])
@Check('budget_holds_attempt_check', `attempt > 0`)
@Check('budget_holds_held_pico_usd_check', `held_pico_usd >= 0`)
export class BudgetHoldEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'execution_id' })
  executionId!: string;

  @PrimaryColumn('integer')
  attempt!: number;

  @PrimaryColumn('uuid', { name: 'budget_id' })
  budgetId!: string;

  /** The period that the hold is settled to, even if another one has begun by then. */
  @Column('timestamptz', { name: 'period_start' })
  periodStart!: Date;

  @Column('numeric', { name: 'held_pico_usd' })
  heldPicoUsd!: string;

  /** After this time the hold counts as spent. */
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;
}
