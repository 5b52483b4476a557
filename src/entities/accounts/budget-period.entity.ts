import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { BudgetEntity } from './budget.entity.js';

/** The money taken from a budget in one period. */
@Entity('budget_periods')
@ForeignKey(() => BudgetEntity, ['projectId', 'budgetId'], ['projectId', 'budgetId'], {
  name: 'budget_periods_project_id_budget_id_fkey',
})
@Check('budget_periods_held_check', `held_pico_usd >= 0`)
@Check('budget_periods_spent_check', `spent_pico_usd >= 0`)
export class BudgetPeriodEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'budget_id' })
  budgetId!: string;

  /** The first instant of the day or month in UTC; 1970 for a budget without periods. */
  @PrimaryColumn('timestamptz', { name: 'period_start' })
  periodStart!: Date;

  /** Held for calls whose cost is not known yet. */
  @Column('numeric', { name: 'held_pico_usd', default: 0 })
  heldPicoUsd!: string;

  @Column('numeric', { name: 'spent_pico_usd', default: 0 })
  spentPicoUsd!: string;

  /** The highest threshold that was announced. */
  @Column('integer', { name: 'told_percent', default: 0 })
  toldPercent!: number;
}
