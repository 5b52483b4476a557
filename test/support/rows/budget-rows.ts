import { randomUUID } from 'node:crypto';
import { emptyExecutions, emptyTables } from './execution-rows.js';
import type { LedgerContext } from '../database/ledger-context.js';

export interface Verdict {
  readonly execution_id: string;
  readonly verdict: string;
  readonly max_new_tokens: number | null;
  readonly budget_id: string | null;
  readonly left_pico_usd: string | null;
  readonly percent: number | null;
  readonly warned_by: string | null;
}

export interface Ask {
  readonly execution_id?: string;
  readonly attempt?: number;
  readonly arrival?: number;
  readonly owner_team?: string | null;
  readonly prompt_name?: string | null;
  readonly key_id?: string | null;
  readonly batch_id?: string | null;
  readonly input_pico_usd?: number | string | null;
  readonly output_pico_usd?: number | string | null;
  readonly max_new_tokens?: number | null;
  readonly clamp?: boolean;
}

export interface BudgetOptions {
  readonly scope?: string;
  readonly value?: string | null;
  readonly period?: string;
  readonly mode?: string;
  readonly callbackUrl?: string | null;
}

/** Amounts in pico-dollars. */
export interface PeriodRow {
  readonly budget_id: string;
  readonly held: number;
  readonly spent: number;
}

/** By default each asks for 10: 2 for its input, and 8 tokens at 1. */
export function asks(count: number, ask: Ask = {}): Ask[] {
  return Array.from({ length: count }, (_, arrival) => ({ arrival, ...ask }));
}

export function verdictsOf(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(({ verdict }) => verdict);
}

/** Writes budgets and the effects of executions on them, as the application does. */
export class BudgetRows {
  constructor(private readonly context: LedgerContext) {}

  async empty(): Promise<void> {
    await emptyExecutions(this.context.owner);
    await emptyTables(this.context.owner, 'budget_holds', 'budget_periods', 'budgets', 'outbox');
  }

  /** @param limit in pico-dollars. */
  async make(limit: number | string, options: BudgetOptions = {}): Promise<string> {
    const { scope = 'project', value = null, period = 'day', mode = 'hard', callbackUrl = null } = options;
    const { rows } = await this.context.owner.query<{ budget_id: string }>(
      `INSERT INTO budgets (project_id, name, scope_kind, scope_value, period, limit_pico_usd, mode, callback_url)
       VALUES ($1, 'b', $2, $3, $4, $5, $6, $7) RETURNING budget_id`,
      [this.context.projectId, scope, value, period, limit, mode, callbackUrl],
    );
    return rows[0]!.budget_id;
  }

  entries(entries: readonly Ask[]): string {
    const { projectId } = this.context;
    return JSON.stringify(
      entries.map((entry) => ({
        project_id: projectId,
        execution_id: randomUUID(),
        attempt: 1,
        input_pico_usd: 2,
        output_pico_usd: 1,
        max_new_tokens: 8,
        ...entry,
      })),
    );
  }

  /** Holds one batch. */
  async hold(entries: readonly Ask[], holdMs = 60_000): Promise<Verdict[]> {
    return this.context.scope.statement<Verdict>(this.context.projectId, {
      name: 'hold-budgets',
      text: 'SELECT * FROM ledger_hold_budgets($1, $2)',
      values: [this.entries(entries), holdMs],
    });
  }

  async settle(ended: readonly object[]): Promise<void> {
    const entries = ended.map((each) => ({ project_id: this.context.projectId, attempt: 1, ...each }));
    await this.context.scope.statement(this.context.projectId, {
      name: 'settle-holds',
      text: 'SELECT ledger_settle_holds($1)',
      values: [JSON.stringify(entries)],
    });
  }

  /** Holds and settles one call of 10. */
  async spend(picoUsd: number): Promise<void> {
    const executionId = randomUUID();
    await this.hold([{ execution_id: executionId }]);
    await this.settle([{ execution_id: executionId, spent_pico_usd: picoUsd }]);
  }

  async expire(most = 100): Promise<number> {
    const [row] = await this.context.scope.system<{ ended: number }>(
      'SELECT ledger_expire_holds($1) AS ended',
      [most],
    );
    return row!.ended;
  }

  async periods(): Promise<PeriodRow[]> {
    const { rows } = await this.context.owner.query<PeriodRow>(
      'SELECT budget_id, held_pico_usd::float8 AS held, spent_pico_usd::float8 AS spent FROM budget_periods ORDER BY budget_id, period_start',
    );
    return rows;
  }

  async holdCount(): Promise<number> {
    return (await this.context.owner.query('SELECT FROM budget_holds')).rowCount ?? 0;
  }

  /** Moves everything held and spent to the day before. */
  async moveToYesterday(): Promise<void> {
    const { owner } = this.context;
    await owner.query('SET session_replication_role = replica');
    await owner.query(`UPDATE budget_periods SET period_start = period_start - interval '1 day'`);
    await owner.query(`UPDATE budget_holds SET period_start = period_start - interval '1 day'`);
    await owner.query('SET session_replication_role = origin');
  }
}
