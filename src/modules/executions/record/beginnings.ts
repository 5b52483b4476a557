import type { AppConfig } from '../../../infra/config/index.js';
import {
  type BeginEntry,
  Journal,
  type JournalConnections,
  type JournalOptions,
  type TenantScope,
} from '../../../infra/database/index.js';
import { DatabaseUnavailableError } from '../../../infra/http/index.js';
import type { Metrics } from '../../../infra/metrics/index.js';
import type { Clock } from '../../../kernel/index.js';
import { BudgetExceededError } from '../../budgets/index.js';
import { ContentErasedError } from '../erasure/errors.js';
import {
  begin,
  type Beginning,
  beginEntry,
  beginJudgements,
  beginPlain,
  type BegunRow,
  findBegun,
} from './begin.js';
import { type BegunExecution, BEGUN_FREELY, toBegun, toRefusal } from './budget-verdict.js';

/** `stale`: the prompt has changed since it was read. `key_taken`: another request was first with the idempotency key. */
export type Begun = BegunExecution | 'stale' | 'key_taken';
/** `unknown`: an earlier try may still be running on the server. */
type Written = Begun | 'unknown' | 'erased' | BudgetExceededError;
type WrittenPlain = Begun | 'unknown' | 'budgeted';

/** How long a project is assumed to have budgets without asking. The statement decides in any case. */
const BUDGETS_KNOWN_MS = 10_000;

/**
 * Begins many executions in one statement and one commit. Executions without key, budget, metadata and masks have their own
 * journal, so that one budget or key does not slow the others. So do judgements, which wait for erasures.
 */
export class Beginnings {
  private readonly plain: Journal<BeginEntry, WrittenPlain>;
  private readonly general: Journal<BeginEntry, Written>;
  private readonly judgements: Journal<BeginEntry, Written>;
  /** Until when projects are known to have budgets, by the monotonic clock. */
  private readonly budgetedUntilMs = new Map<string, number>();

  constructor(
    private readonly dependencies: {
      readonly config: AppConfig;
      readonly connections: JournalConnections;
      readonly scope: TenantScope;
      readonly clock: Clock;
      readonly metrics: Metrics;
    },
    options: Pick<JournalOptions<never, never>, 'maxRows' | 'workers' | 'patienceMs' | 'observer'>,
  ) {
    this.plain = new Journal<BeginEntry, WrittenPlain>({
      ...options,
      toKey: ({ execution_id: id }) => id,
      countChars,
      write: (entries, isRepeated) => this.writePlain(entries, isRepeated),
    });
    const openGeneral = (beginAll: typeof begin) =>
      new Journal<BeginEntry, Written>({
        ...options,
        countChars,
        toKey: ({ route, key, execution_id: id }) => `${route ?? ''} ${key ?? ''} ${id}`,
        write: (entries, isRepeated) => this.writeGeneral(beginAll, entries, isRepeated),
      });
    this.general = openGeneral(begin);
    this.judgements = openGeneral(beginJudgements);
  }

  /** See `ExecutionsRepository.begin`. */
  async append(beginning: Beginning): Promise<Begun> {
    const entry = beginEntry(beginning, this.dependencies.config.env.IDEMPOTENCY_TTL_HOURS * 3_600_000);
    const written = await this.write(beginning, entry);
    if (written === 'unknown') throw new DatabaseUnavailableError(null);
    if (written === 'erased') throw ContentErasedError.ofScored(beginning.scoredExecutionId ?? '');
    if (written instanceof BudgetExceededError) throw written;
    if (typeof written !== 'string') this.count(beginning);
    return written;
  }

  /** Counts an execution that is final as soon as it has begun. */
  private count({ status, model, mode }: Beginning): void {
    if (status === 'running' || status === 'queued') return;
    this.dependencies.metrics.executions.executionEnded(model ?? null, mode, status);
  }

  private async write({ status, key, projectId }: Beginning, entry: BeginEntry): Promise<Written> {
    if (entry.scored_execution_id !== undefined) return this.judgements.append(entry);
    const isPlain =
      (status === 'running' || status === 'queued') &&
      !key &&
      entry.metadata === undefined &&
      entry.masked === undefined;
    if (!isPlain || this.isKnownToHaveBudgets(projectId)) return this.general.append(entry);
    const written = await this.plain.append(entry);
    if (written !== 'budgeted') return written;
    this.budgetedUntilMs.set(projectId, this.dependencies.clock.monotonicMs() + BUDGETS_KNOWN_MS);
    return this.general.append(entry);
  }

  private isKnownToHaveBudgets(projectId: string): boolean {
    const untilMs = this.budgetedUntilMs.get(projectId);
    if (untilMs === undefined) return false;
    if (this.dependencies.clock.monotonicMs() < untilMs) return true;
    this.budgetedUntilMs.delete(projectId);
    return false;
  }

  private async writePlain(entries: readonly BeginEntry[], isRepeated: boolean): Promise<WrittenPlain[]> {
    const { connections, scope } = this.dependencies;
    const refused = await beginPlain(connections, entries);
    if (refused.length === 0) return entries.map(begunAsAsked);
    const states = new Map<string, WrittenPlain>(refused.map(({ execution_id: id, state }) => [id, state]));
    if (isRepeated) {
      await this.lookAgain(
        entries.filter(({ execution_id: id }) => states.has(id)),
        states,
        scope,
      );
    }
    return entries.map((entry) => states.get(entry.execution_id) ?? begunAsAsked(entry));
  }

  private async writeGeneral(
    beginAll: typeof begin,
    entries: readonly BeginEntry[],
    isRepeated: boolean,
  ): Promise<Written[]> {
    const { config, connections, scope } = this.dependencies;
    const found = await beginAll(connections, entries, { holdMs: config.env.BUDGET_HOLD_MS, isRepeated });
    const callbacks = new Map(entries.map(({ execution_id: id, callback_url: url }) => [id, url]));
    const states = new Map<string, Written>(
      found.map((row) => [
        row.execution_id,
        toWritten(row, (callbacks.get(row.execution_id) ?? null) !== null),
      ]),
    );
    if (isRepeated) {
      // The function did not ask the budgets again about executions from the earlier try. Their rows state the reduced limit.
      const unasked = new Set(
        found
          .filter(({ verdict, state }) => verdict === null && state !== 'erased')
          .map(({ execution_id: id }) => id),
      );
      await this.lookAgain(
        entries.filter(({ execution_id: id }) => unasked.has(id)),
        states,
        scope,
      );
    }
    return entries.map(({ execution_id: id }) => states.get(id) ?? 'key_taken');
  }

  /** Checks entries that were sent before. One that looks stale or taken may be our own earlier write. */
  private async lookAgain(
    entries: readonly BeginEntry[],
    states: Map<string, unknown>,
    scope: TenantScope,
  ): Promise<void> {
    if (entries.length === 0) return;
    const there = await findBegun(scope, entries);
    for (const entry of entries) {
      const { execution_id: id } = entry;
      const clampedTokens = there.get(id);
      if (clampedTokens !== undefined)
        states.set(id, { ...begunAsAsked(entry), clampedTokens, mayHaveDuties: true });
      // The first try may still run on the server. Beginning again under another id could duplicate the request.
      else if (states.get(id) === 'stale') states.set(id, 'unknown');
    }
  }
}

function begunAsAsked({ callback_url: url }: BeginEntry): BegunExecution {
  return url === null || url === undefined ? BEGUN_FREELY : { ...BEGUN_FREELY, mayHaveDuties: true };
}

function toWritten(row: BegunRow, hasCallback: boolean): Written {
  if (row.state === 'begun') return toBegun(row, hasCallback);
  if (row.state === 'refused') return toRefusal(row) ?? 'key_taken';
  return row.state;
}

function countChars(entry: BeginEntry): number {
  const { variables_json: variables, rendered_prompt: prompt, rendered_messages: messages } = entry;
  return (variables?.length ?? 0) + (prompt?.length ?? 0) + (messages?.length ?? 0);
}
