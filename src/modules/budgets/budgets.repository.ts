import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { BudgetEntity, BudgetScope } from '../../entities/index.js';
import { TenantScope } from '../../infra/database/index.js';

/** A budget with the use of its current period. The budgets of experiments are left out. */
export interface BudgetRecord extends Omit<BudgetEntity, 'archivedAt' | 'projectId' | 'scopeKind'> {
  readonly scopeKind: BudgetScope;
  readonly periodStart: Date;
  readonly heldPicoUsd: string;
  readonly spentPicoUsd: string;
}

export type NewBudget = Pick<
  BudgetEntity,
  | 'projectId'
  | 'name'
  | 'scopeKind'
  | 'scopeValue'
  | 'period'
  | 'limitPicoUsd'
  | 'mode'
  | 'callbackUrl'
  | 'createdBy'
>;

export type BudgetChanges = Partial<Pick<BudgetEntity, 'name' | 'limitPicoUsd' | 'mode' | 'callbackUrl'>>;

export interface BudgetFilter {
  readonly scopeKind?: BudgetScope | undefined;
  readonly scopeValue?: string | undefined;
  /** Restricts the list to budgets newer than this one. */
  readonly afterId?: string | undefined;
  readonly limit: number;
}

const READ = `SELECT b.budget_id AS "budgetId", b.name, b.scope_kind AS "scopeKind", b.scope_value AS "scopeValue", b.period,
    b.limit_pico_usd AS "limitPicoUsd", b.mode, b.callback_url AS "callbackUrl", b.created_by AS "createdBy",
    b.created_at AS "createdAt", b.updated_at AS "updatedAt", ledger_budget_period(b.period) AS "periodStart",
    coalesce(p.held_pico_usd, 0) AS "heldPicoUsd", coalesce(p.spent_pico_usd, 0) AS "spentPicoUsd"
  FROM budgets b
  LEFT JOIN budget_periods p ON p.project_id = b.project_id AND p.budget_id = b.budget_id
    AND p.period_start = ledger_budget_period(b.period)
  WHERE b.project_id = $1 AND b.archived_at IS NULL AND b.scope_kind <> 'experiment'`;

@Injectable()
export class BudgetsRepository {
  constructor(private readonly scope: TenantScope) {}

  async insert(tx: EntityManager, budget: NewBudget): Promise<BudgetRecord> {
    const [row] = await tx.query<{ budget_id: string }[]>(
      `INSERT INTO budgets (project_id, name, scope_kind, scope_value, period, limit_pico_usd, mode, callback_url, created_by)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING budget_id`,
      [
        budget.projectId,
        budget.name,
        budget.scopeKind,
        budget.scopeValue,
        budget.period,
        budget.limitPicoUsd,
        budget.mode,
        budget.callbackUrl,
        budget.createdBy,
      ],
    );
    const { budget_id: budgetId } = row as { budget_id: string };
    return (await this.find(tx, budget.projectId, budgetId)) as BudgetRecord;
  }

  async find(tx: EntityManager, projectId: string, budgetId: string): Promise<BudgetRecord | null> {
    const [row] = await tx.query<BudgetRecord[]>(`${READ} AND b.budget_id = $2`, [projectId, budgetId]);
    return row ?? null;
  }

  /** Lists budgets, oldest first. */
  async list(tx: EntityManager, projectId: string, filter: BudgetFilter): Promise<BudgetRecord[]> {
    const values: unknown[] = [projectId];
    const bind = (value: unknown) => `$${values.push(value)}`;
    let text = READ;
    if (filter.scopeKind !== undefined) text += ` AND b.scope_kind = ${bind(filter.scopeKind)}`;
    if (filter.scopeValue !== undefined) text += ` AND b.scope_value = ${bind(filter.scopeValue)}`;
    if (filter.afterId !== undefined) text += ` AND b.budget_id > ${bind(filter.afterId)}::uuid`;
    return tx.query<BudgetRecord[]>(`${text} ORDER BY b.budget_id LIMIT ${bind(filter.limit)}`, values);
  }

  /** Updates a budget; members that are left out keep their values. @returns false when there is no such budget. */
  async update(
    tx: EntityManager,
    projectId: string,
    budgetId: string,
    changes: BudgetChanges,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `UPDATE budgets SET name = coalesce($3, name), limit_pico_usd = coalesce($4, limit_pico_usd), mode = coalesce($5, mode),
         callback_url = CASE WHEN $7 THEN $6 ELSE callback_url END, updated_at = now()
       WHERE project_id = $1 AND budget_id = $2 AND archived_at IS NULL`,
      [
        projectId,
        budgetId,
        changes.name,
        changes.limitPicoUsd,
        changes.mode,
        changes.callbackUrl,
        changes.callbackUrl !== undefined,
      ],
    );
    return count === 1;
  }

  /** Ends a budget, which then limits nothing. Its spending is kept. @returns false when there is no such budget. */
  async archive(tx: EntityManager, projectId: string, budgetId: string): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      'UPDATE budgets SET archived_at = now() WHERE project_id = $1 AND budget_id = $2 AND archived_at IS NULL',
      [projectId, budgetId],
    );
    return count === 1;
  }

  /**
   * Ends expired holds that nobody settled, across all projects. Their executions are over or never began.
   * @returns the number of attempts; fewer than `most` when there are no more, or other processes hold them.
   */
  async expireHolds(most: number): Promise<number> {
    const text = 'SELECT ledger_expire_holds($1) AS ended';
    const [row] = await this.scope.system<{ ended: number }>(text, [most]);
    return row?.ended ?? 0;
  }
}
