import { type AppConfig } from '../../infra/config/index.js';
import { Journal, type JournalOptions } from '../../infra/database/index.js';
import { DatabaseUnavailableError } from '../../infra/http/index.js';
import { BudgetExceededError } from '../budgets/index.js';
import { heldOf, type InsertedExecution, refusalOf, type VerdictRow } from './budget-verdict.js';
import { type Beginning, type InsertionRow, insertionRow } from './execution-rows.js';
import * as sql from './executions.sql.js';

/** `stale`: the prompt has changed since it was read. `key_taken`: somebody else was first with the idempotency key. */
export type Inserted = InsertedExecution | 'stale' | 'key_taken';
/** `unknown`: an earlier try may still be on its way, and nobody can say yet how it ends. */
type Written = Inserted | 'unknown' | BudgetExceededError;

interface InsertedRow extends VerdictRow {
  readonly execution_id: string;
  readonly inserted: boolean;
  readonly stale: boolean;
}

/** Runs a statement over rows of a journal, in their projects. */
type Write = <Row extends { execution_id: string }>(
  name: string,
  text: string,
  rows: readonly { readonly project_id: string }[],
  further?: readonly unknown[],
) => Promise<Row[]>;

/** How executions begin: many in one statement and one commit, with their keys and what budgets hold for them. */
export class ExecutionInsertions {
  private readonly journal: Journal<InsertionRow, Written>;

  constructor(
    private readonly config: AppConfig,
    private readonly write: Write,
    options: Pick<JournalOptions<never, never>, 'maxRows' | 'lanes' | 'patienceMs'>,
  ) {
    this.journal = new Journal<InsertionRow, Written>({
      ...options,
      keyOf: ({ route = '', key = '', execution_id: id }) => `${route} ${key} ${id}`,
      write: (rows, isRepeated) => this.writeInsertions(rows, isRepeated),
    });
  }

  /** As `ExecutionsRepository.insert` says. */
  async append(beginning: Beginning): Promise<Inserted> {
    const keyTtlMs = this.config.env.IDEMPOTENCY_TTL_HOURS * 3_600_000;
    const written = await this.journal.append(insertionRow(beginning, keyTtlMs));
    if (written === 'unknown') throw new DatabaseUnavailableError(null);
    if (written instanceof BudgetExceededError) throw written;
    return written;
  }

  private async writeInsertions(rows: readonly InsertionRow[], isRepeated: boolean): Promise<Written[]> {
    const [name, text] = isRepeated ? ['insert-again', sql.INSERT_AGAIN] : ['insert', sql.INSERT];
    const found = await this.write<InsertedRow>(name, text, rows, [this.config.env.BUDGET_HOLD_MS]);
    const states = new Map<string, Written>(found.map((row) => [row.execution_id, stateOf(row)]));
    // Sent before: what seems to be stale, or somebody else's, may be what we wrote then.
    const rest = isRepeated ? rows.filter(({ execution_id: id }) => typeof states.get(id) === 'string') : [];
    if (rest.length > 0) {
      const ours = await this.write<{ execution_id: string; clamped_tokens: number | null }>(
        'find-inserted',
        sql.FIND_INSERTED,
        rest.map(bareIdentity),
      );
      const there = new Map(ours.map((row) => [row.execution_id, row.clamped_tokens]));
      for (const { execution_id: id } of rest) {
        const clampedTokens = there.get(id);
        if (clampedTokens !== undefined) states.set(id, { clampedTokens, warning: null });
        // The first try may still run on the server: inserted anew under another id, the request would be there twice.
        else if (states.get(id) === 'stale') states.set(id, 'unknown');
      }
    }
    return rows.map(({ execution_id: id }) => states.get(id) ?? 'key_taken');
  }
}

function stateOf(row: InsertedRow): Written {
  if (row.inserted) return heldOf(row);
  if (row.stale) return 'stale';
  return refusalOf(row) ?? 'key_taken';
}

function bareIdentity({ project_id, execution_id }: InsertionRow): InsertionRow {
  return { project_id, execution_id };
}
