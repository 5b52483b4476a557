import { Injectable } from '@nestjs/common';
import { TenantScope } from '../../infra/database/index.js';
import { decodeIdCursor, toPage } from '../../infra/http/index.js';
import { CallbackUrlPolicy } from '../../infra/outbound/index.js';
import { formatPicoUsd, parsePicoUsd, UUID, ValidationError } from '../../kernel/index.js';
import { type Actor, AuditService } from '../audit/index.js';
import { type Caller, ForbiddenError } from '../auth/index.js';
import type {
  BudgetDto,
  BudgetListDto,
  CreateBudgetDto,
  ListBudgetsQueryDto,
  UpdateBudgetDto,
} from './budgets.dto.js';
import { type BudgetRecord, BudgetsRepository } from './budgets.repository.js';
import { BudgetNotFoundError } from './errors.js';

/** Manages limits on spending. A budget applies as soon as the answer that created or changed it is sent. */
@Injectable()
export class BudgetsService {
  constructor(
    private readonly scope: TenantScope,
    private readonly budgets: BudgetsRepository,
    private readonly audit: AuditService,
    private readonly callbackUrls: CallbackUrlPolicy,
  ) {}

  /** @throws ValidationError `VALIDATION_FAILED` for a scope without its value, or a callback URL that may not be called. */
  async create(actor: Actor, request: CreateBudgetDto): Promise<BudgetDto> {
    assertScopeValue(request);
    this.assertCallbackUrl(request.callback_url);
    return this.scope.transaction(actor.projectId, async (tx) => {
      const made = await this.budgets.insert(tx, {
        projectId: actor.projectId,
        name: request.name,
        scopeKind: request.scope,
        scopeValue: request.scope_value ?? null,
        period: request.period,
        limitPicoUsd: toPicoUsd(request.limit_usd),
        mode: request.mode ?? 'hard',
        callbackUrl: request.callback_url ?? null,
        createdBy: actor.name,
      });
      const after = budgetView(made);
      const subject = toSubject(made.budgetId);
      await this.audit.append(tx, actor, { action: 'budget.create', subject, after });
      return after;
    });
  }

  async list(projectId: string, query: ListBudgetsQueryDto): Promise<BudgetListDto> {
    const filter = {
      scopeKind: query.scope,
      scopeValue: query.scope_value,
      afterId: decodeIdCursor(query.cursor),
      limit: query.limit + 1,
    };
    const found = await this.scope.transaction(projectId, (tx) => this.budgets.list(tx, projectId, filter));
    const { entries, nextCursor } = toPage(found, query.limit, ({ budgetId }) => budgetId);
    return { budgets: entries.map(budgetView), next_cursor: nextCursor };
  }

  /** @throws BudgetNotFoundError `BUDGET_NOT_FOUND` */
  async get(projectId: string, budgetId: string): Promise<BudgetDto> {
    const found = await this.scope.transaction(projectId, (tx) => this.budgets.find(tx, projectId, budgetId));
    if (found === null) throw new BudgetNotFoundError(budgetId);
    return budgetView(found);
  }

  /** @throws BudgetNotFoundError `BUDGET_NOT_FOUND` | ForbiddenError `FORBIDDEN` | ValidationError `VALIDATION_FAILED` */
  async update(caller: Caller, budgetId: string, request: UpdateBudgetDto): Promise<BudgetDto> {
    this.assertCallbackUrl(request.callback_url);
    const { projectId } = caller;
    return this.scope.transaction(projectId, async (tx) => {
      const before = await this.budgets.find(tx, projectId, budgetId);
      if (before !== null) assertBindsOthers(caller, before);
      const { name, mode, limit_usd: limitUsd, callback_url: callbackUrl } = request;
      const isThere = await this.budgets.update(tx, projectId, budgetId, {
        ...(name == null ? {} : { name }),
        ...(mode == null ? {} : { mode }),
        ...(limitUsd == null ? {} : { limitPicoUsd: toPicoUsd(limitUsd) }),
        ...(callbackUrl === undefined ? {} : { callbackUrl }),
      });
      const changed = await this.budgets.find(tx, projectId, budgetId);
      if (before === null || !isThere || changed === null) throw new BudgetNotFoundError(budgetId);
      const after = budgetView(changed);
      await this.audit.append(tx, caller, {
        action: 'budget.update',
        subject: toSubject(budgetId),
        before: budgetView(before),
        after,
      });
      return after;
    });
  }

  /** @throws BudgetNotFoundError `BUDGET_NOT_FOUND` | ForbiddenError `FORBIDDEN` */
  async delete(caller: Caller, budgetId: string): Promise<void> {
    await this.scope.transaction(caller.projectId, async (tx) => {
      const before = await this.budgets.find(tx, caller.projectId, budgetId);
      if (before !== null) assertBindsOthers(caller, before);
      const isEnded = await this.budgets.archive(tx, caller.projectId, budgetId);
      if (before === null || !isEnded) throw new BudgetNotFoundError(budgetId);
      await this.audit.append(tx, caller, {
        action: 'budget.delete',
        subject: toSubject(budgetId),
        before: budgetView(before),
      });
    });
  }

  private assertCallbackUrl(url: string | null | undefined): void {
    if (url != null) this.callbackUrls.assertAllowed(url, '/callback_url');
  }
}

function assertScopeValue({ scope, scope_value: value }: CreateBudgetDto): void {
  if (scope === 'project' && value != null) {
    throw new ValidationError('A budget for the whole project has no scope_value; leave it out.', [
      { pointer: '/scope_value', message: 'cannot be used with scope "project"' },
    ]);
  }
  if (scope === 'api_key' && !UUID.test(value ?? '')) {
    throw new ValidationError('Send the id of the key as scope_value; GET /v1/keys lists them.', [
      { pointer: '/scope_value', message: 'must be the id of a key' },
    ]);
  }
}

/** @throws ForbiddenError `FORBIDDEN`: a key may not change a budget that binds it or one of its ancestors. */
function assertBindsOthers({ keyId, ancestors }: Caller, { scopeKind, scopeValue }: BudgetRecord): void {
  if (scopeKind !== 'api_key') return;
  const line = [keyId, ...ancestors.map((ancestor) => ancestor.keyId)];
  if (scopeValue === null || !line.includes(scopeValue)) return;
  throw new ForbiddenError([], 'This budget limits the key that you use; change it with another key.');
}

/** Converts an amount that has been validated. */
function toPicoUsd(usd: string): string {
  return (parsePicoUsd(usd) as bigint).toString();
}

function budgetView(budget: BudgetRecord): BudgetDto {
  const [limit, spent, held] = [budget.limitPicoUsd, budget.spentPicoUsd, budget.heldPicoUsd].map(BigInt) as [
    bigint,
    bigint,
    bigint,
  ];
  return {
    budget_id: budget.budgetId,
    name: budget.name,
    scope: budget.scopeKind,
    scope_value: budget.scopeValue,
    period: budget.period,
    period_start: budget.period === 'total' ? null : budget.periodStart.toISOString(),
    limit_usd: formatPicoUsd(limit),
    spent_usd: formatPicoUsd(spent),
    held_usd: formatPicoUsd(held),
    remaining_usd: formatPicoUsd(limit - spent - held),
    percent: limit === 0n ? 100 : Number(((spent + held) * 100n) / limit),
    mode: budget.mode,
    callback_url: budget.callbackUrl,
    created_by: budget.createdBy,
    created_at: budget.createdAt.toISOString(),
    updated_at: budget.updatedAt.toISOString(),
  };
}

function toSubject(budgetId: string): string {
  return `budget/${budgetId}`;
}
