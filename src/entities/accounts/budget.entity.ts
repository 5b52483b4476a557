import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { ProjectEntity } from '../people/project.entity.js';

/** The scopes that users create budgets for. An experiment has a budget of its own, which cannot be changed. */
export const BUDGET_SCOPES = ['project', 'owner_team', 'prompt', 'api_key'] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

export const BUDGET_PERIODS = ['day', 'month', 'total'] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

export const BUDGET_MODES = ['hard', 'soft'] as const;
export type BudgetMode = (typeof BUDGET_MODES)[number];

/** A spending limit for each period. */
@Entity('budgets')
@ForeignKey(() => ProjectEntity, ['projectId'], ['projectId'], { name: 'budgets_project_id_fkey' })
@Index('budgets_live', ['projectId', 'budgetId'], { where: 'archived_at IS NULL' })
@Index('budgets_of_experiments', ['projectId', 'scopeValue'], {
  unique: true,
  where: `scope_kind = 'experiment'`,
})
@Check(
  'budgets_scope_kind_check',
  `scope_kind IN ('project', 'owner_team', 'prompt', 'api_key', 'experiment')`,
)
@Check('budgets_period_check', `period IN ('day', 'month', 'total')`)
@Check('budgets_mode_check', `mode IN ('hard', 'soft')`)
@Check('budgets_limit_pico_usd_check', `limit_pico_usd >= 0`)
@Check('budgets_scope_value', `(scope_kind = 'project') = (scope_value IS NULL)`)
export class BudgetEntity {
  @PrimaryColumn('uuid', { name: 'project_id' })
  projectId!: string;

  @PrimaryColumn('uuid', { name: 'budget_id', default: () => 'ledger_uuid7()' })
  budgetId!: string;

  @Column('text')
  name!: string;

  @Column('text', { name: 'scope_kind' })
  scopeKind!: BudgetScope | 'experiment';

  /** The team, the prompt's name, or the id of the key or experiment; null for the whole project. */
  @Column('text', { name: 'scope_value', nullable: true })
  scopeValue!: string | null;

  @Column('text')
  period!: BudgetPeriod;

  /** Whole pico-dollars as text, because a double is too small. */
  @Column('numeric', { name: 'limit_pico_usd' })
  limitPicoUsd!: string;

  @Column('text')
  mode!: BudgetMode;

  /** The address that is notified at 50, 80 and 100 %. */
  @Column('text', { name: 'callback_url', nullable: true })
  callbackUrl!: string | null;

  @Column('text', { name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at', default: () => 'now()' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'archived_at', nullable: true })
  archivedAt!: Date | null;
}
